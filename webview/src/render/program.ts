/** Compiling shaders. */

export interface Program {
  readonly handle: WebGLProgram;
  uniform(name: string): WebGLUniformLocation | null;
}

function compile(gl: WebGL2RenderingContext, kind: number, source: string): WebGLShader {
  const shader = gl.createShader(kind);
  if (shader === null) throw new Error('The graphics context was lost.');
  gl.shaderSource(shader, source);
  gl.compileShader(shader);
  return shader;
}

/** Links a program. Throws with the compiler's words when it does not compile (and the context is not merely lost). */
export function linkProgram(gl: WebGL2RenderingContext, shaders: { readonly vertex: string; readonly fragment: string }): Program {
  const handle = gl.createProgram();
  const parts = [compile(gl, gl.VERTEX_SHADER, shaders.vertex), compile(gl, gl.FRAGMENT_SHADER, shaders.fragment)];
  for (const part of parts) gl.attachShader(handle, part);
  gl.linkProgram(handle);
  if (gl.getProgramParameter(handle, gl.LINK_STATUS) !== true && !gl.isContextLost()) {
    const words = [gl.getProgramInfoLog(handle), ...parts.map((part) => gl.getShaderInfoLog(part))];
    throw new Error(`A shader of the canvas does not compile: ${words.filter(Boolean).join(' ')}`);
  }
  for (const part of parts) gl.deleteShader(part);
  const locations = new Map<string, WebGLUniformLocation | null>();
  return {
    handle,
    uniform(name) {
      const known = locations.get(name);
      if (known !== undefined) return known;
      const location = gl.getUniformLocation(handle, name);
      locations.set(name, location);
      return location;
    },
  };
}
