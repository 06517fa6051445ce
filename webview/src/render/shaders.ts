/** GLSL of the passes: image, fills, lines. All positions come in image pixels. */

/** Image to clip space; u_camera is (scale, x, y), u_viewport the canvas, both in CSS pixels. */
const CAMERA = `
uniform vec3 u_camera;
uniform vec2 u_viewport;
vec2 onScreen(vec2 at) { return at * u_camera.x + u_camera.yz; }
vec4 toClip(vec2 screen) { return vec4(screen / u_viewport * vec2(2.0, -2.0) + vec2(-1.0, 1.0), 0.0, 1.0); }
`;

const VERTEX = `#version 300 es
precision highp float;
${CAMERA}`;

const FRAGMENT = `#version 300 es
precision highp float;
out vec4 o_colour;
`;

const IMAGE_VERTEX = `${VERTEX}
uniform vec2 u_origin;  // of the tile on the image
uniform vec4 u_sides;   // of the tile on the image: along its rows (x, y), along its columns (x, y)
uniform vec4 u_texture; // the part of the texture that is shown: x, y, width, height, from 0 to 1
out vec2 v_texture;
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  v_texture = u_texture.xy + corner * u_texture.zw;
  gl_Position = toClip(onScreen(u_origin + corner.x * u_sides.xy + corner.y * u_sides.zw));
}`;

export const IMAGE_SHADERS = {
  vertex: IMAGE_VERTEX,
  fragment: `${FRAGMENT}
uniform sampler2D u_sampler;
in vec2 v_texture;
void main() { o_colour = texture(u_sampler, v_texture); }`,
};

/** A picture whose brightness and colours are textures of their own. */
export const PLANES_SHADERS = {
  vertex: IMAGE_VERTEX,
  fragment: `${FRAGMENT}
uniform sampler2D u_sampler;
uniform sampler2D u_blue;
uniform sampler2D u_red;
uniform mat4x3 u_colours; // (Y, U, V, 1) to red, green, blue
in vec2 v_texture;
void main() {
  vec4 planes = vec4(texture(u_sampler, v_texture).r, texture(u_blue, v_texture).r, texture(u_red, v_texture).r, 1.0);
  o_colour = vec4(clamp(u_colours * planes, 0.0, 1.0), 1.0);
}`,
};

export const FILL_SHADERS = {
  vertex: `${VERTEX}
layout(location = 0) in vec2 a_at;
layout(location = 1) in vec4 a_colour;
out vec4 v_colour;
void main() {
  v_colour = vec4(a_colour.rgb * a_colour.a, a_colour.a);
  gl_Position = toClip(onScreen(a_at));
}`,
  fragment: `${FRAGMENT}
in vec4 v_colour;
void main() { o_colour = v_colour; }`,
};

/**
 * A segment is a quad around it, a little wider than the line, whose edges fade within a pixel; one without length is a dot,
 * or a ring where the pen has dashes. A thin dark casing keeps lines of every colour visible on every picture.
 */
export const LINE_SHADERS = {
  vertex: `${VERTEX}
const float CASING = 1.0;
layout(location = 0) in vec4 a_ends;
layout(location = 1) in vec4 a_colour;
layout(location = 2) in vec2 a_pen;
layout(location = 3) in float a_along; // where on its path the segment begins, in image pixels
uniform float u_pixel; // CSS pixels of one device pixel
out vec4 v_colour;
out vec2 v_along; // position along the path; length of a dash, negative for dots
out vec3 v_across; // way from the middle of the line or dot (x only for dots), half of its width
void main() {
  float halfWidth = a_pen.x * 255.0 / 32.0;
  if (halfWidth <= 0.0) { gl_Position = vec4(2.0, 2.0, 2.0, 1.0); return; }
  vec2 a = onScreen(a_ends.xy);
  vec2 b = onScreen(a_ends.zw);
  float span = length(b - a);
  bool dot = a_ends.xy == a_ends.zw;
  vec2 along = span > 0.0 ? (b - a) / span : vec2(1.0, 0.0);
  vec2 across = vec2(-along.y, along.x);
  float end = float(gl_VertexID & 1);
  float side = float((gl_VertexID >> 1) & 1) * 2.0 - 1.0;
  float reach = halfWidth + CASING + u_pixel;
  float ahead = (end * 2.0 - 1.0) * (dot ? reach : halfWidth);
  float dash = a_pen.y * 255.0;
  v_colour = vec4(a_colour.rgb * a_colour.a, a_colour.a);
  v_along = vec2(a_along * u_camera.x + end * span, dot ? -dash : dash);
  v_across = vec3(dot ? ahead : 0.0, side * reach, halfWidth);
  gl_Position = toClip(mix(a, b, end) + along * ahead + across * side * reach);
}`,
  fragment: `${FRAGMENT}
const float RING = 1.2; // half of a ring's width
uniform float u_pixel;
in vec4 v_colour;
in vec2 v_along;
in vec3 v_across;
void main() {
  float inside = v_across.z - length(v_across.xy);
  if (v_along.y != 0.0) {
    if (v_along.y < 0.0) inside = RING - abs(inside - RING);
    else if (mod(v_along.x, v_along.y * 2.0) > v_along.y) discard;
  }
  float line = clamp(inside / u_pixel + 0.5, 0.0, 1.0);
  float casing = clamp((inside + 1.0) / u_pixel + 0.5, 0.0, 1.0) * 0.4 * v_colour.a;
  o_colour = v_colour * line + vec4(0.0, 0.0, 0.0, casing * (1.0 - v_colour.a * line));
}`,
};
