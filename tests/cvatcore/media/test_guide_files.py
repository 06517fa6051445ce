"""What a guide may show."""

import io

import pytest
from PIL import Image

from cvatcore.errors import InvalidInput
from cvatcore.media.guide_files import MAX_ASSET_BYTES, read_asset


def picture(form: str, *, size: tuple[int, int] = (40, 30), mode: str = "RGB") -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, 200).save(out, format=form)
    return out.getvalue()


@pytest.mark.parametrize(("form", "kind"), [("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp"), ("GIF", "gif")])
def test_small_pictures_stay_as_they_are(form: str, kind: str) -> None:
    data = picture(form)
    assert read_asset(data) == (kind, data)


def test_a_pdf_stays_as_it_is() -> None:
    assert read_asset(b"%PDF-1.7\nwhatever") == ("pdf", b"%PDF-1.7\nwhatever")


@pytest.mark.parametrize(("form", "mode"), [("JPEG", "RGB"), ("PNG", "RGBA"), ("PNG", "P"), ("JPEG", "CMYK")])
def test_large_pictures_become_smaller(form: str, mode: str) -> None:
    kind, data = read_asset(picture(form, size=(3000, 1000), mode=mode))
    with Image.open(io.BytesIO(data)) as image:
        assert image.format == form
        assert image.size == (1920, 640)
    assert kind == {"JPEG": "jpg", "PNG": "png"}[form]


def test_a_large_picture_is_turned_upright() -> None:
    out = io.BytesIO()
    turned = Image.Exif()
    turned[0x0112] = 6
    Image.new("RGB", (3000, 1000)).save(out, format="JPEG", exif=turned)
    _, data = read_asset(out.getvalue())
    with Image.open(io.BytesIO(data)) as image:
        assert image.size == (640, 1920)
        assert 0x0112 not in image.getexif()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!doctype html><script>alert(1)</script>",
        b"GIF89a/*<script>*/",
        picture("BMP"),
        picture("TIFF"),
        picture("PNG", size=(400, 300))[:200],
    ],
)
def test_all_else_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidInput, match="File is not supported as an asset"):
        read_asset(data)


def test_so_is_what_is_too_large() -> None:
    with pytest.raises(InvalidInput, match="Maximum size of asset is 10 MB"):
        read_asset(b"%PDF-" + bytes(MAX_ASSET_BYTES))
