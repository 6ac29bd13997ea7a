import base64
import io
import struct
import zlib

import numpy


def prepared(image):
    """The steps that lib/data/images/prepare.ts documents, by Pillow."""
    from PIL import Image, ImageOps

    image = ImageOps.exif_transpose(image)
    if image.mode == "I;16":
        image = Image.fromarray(numpy.round(numpy.asarray(image) / 257).astype(numpy.uint8))
    if image.mode in ("LA", "RGBA") or "transparency" in image.info:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    grey = image.convert("RGB").convert("L") if image.mode == "CMYK" else image.convert("L")
    pixels = numpy.asarray(grey)
    inside = numpy.zeros_like(pixels, bool)
    inside[1:-1, 1:-1] = True
    if (pixels[~inside] > 127).mean() > 0.5:
        grey = ImageOps.invert(grey)
    return ImageOps.pad(grey, (28, 28), Image.Resampling.BILINEAR, color=0)


def png16(pixels):
    """A PNG of 16 bits per channel, which Pillow does not write: uint16 (H, W, 3)."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    height, width, _ = pixels.shape
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in pixels)
    header = struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def images():
    """Files as Pillow writes them, and the 28×28 pixels that it makes of them."""
    from PIL import Image

    def picture(height, width, background):
        """A disc with soft shades on a plain background; no symmetry."""
        y, x = numpy.mgrid[0:height, 0:width].astype(numpy.float64)
        disc = ((y / height - 0.45) / 0.4) ** 2 + ((x / width - 0.55) / 0.3) ** 2 < 1
        shade = numpy.stack([40 + 200 * x / width, 30 + 150 * y / height, 220 - 180 * x * y / (width * height)], -1)
        return numpy.where(disc[..., None], shade, background).astype(numpy.uint8)

    result = []

    def case(name, image, extension="png", **options):
        data = image
        if not isinstance(image, bytes):
            file = io.BytesIO()
            image.save(file, extension, **options)
            data = file.getvalue()
        pixels = prepared(Image.open(io.BytesIO(data))).tobytes()
        encoded = {"file": base64.b64encode(data).decode(), "pixels": base64.b64encode(pixels).decode()}
        result.append({"name": f"{name}.{extension}", **encoded})

    color = Image.fromarray(picture(40, 60, 10))
    light = Image.fromarray(picture(50, 34, 240))
    alpha = Image.fromarray((numpy.mgrid[0:40, 0:60][1] * 4.3).astype(numpy.uint8))
    transparent = color.copy()
    transparent.putalpha(alpha)
    grey = color.convert("L")
    grey_alpha = grey.copy()
    grey_alpha.putalpha(alpha)
    case("rgb", color)
    case("light", light)
    case("rgba", transparent)
    case("grey", grey)
    case("grey-alpha", grey_alpha)
    case("grey-transparent-value", grey, transparency=10)
    case("bits", grey.point(lambda value: 255 * (value > 90)).convert("1"))
    case("palette", color.quantize(12))
    case("palette-transparent", color.quantize(16), transparency=bytes([0, 128, 200] + [255] * 13))
    case("grey16", Image.fromarray((picture(40, 60, 10)[..., 0] * 250.7).astype(numpy.uint16)))
    case("rgb16", png16((picture(40, 60, 10) * 250.7).astype(numpy.uint16)))
    case("as-it-is", Image.fromarray(picture(28, 28, 0)[..., 1]))
    for height, width in ((1, 1), (1, 40), (300, 7), (7, 5), (12, 56), (25, 28), (410, 300)):
        case(f"{width}x{height}", Image.fromarray(picture(height, width, 0)[..., 0]))
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        case(f"orientation-{orientation}", light, "jpeg", exif=exif, quality=95)
    case("grey", grey, "jpeg", quality=90)
    case("progressive", color, "jpeg", progressive=True, quality=90)
    case("cmyk", color.convert("CMYK"), "jpeg", quality=95)
    case("lossless", color, "webp", lossless=True)
    case("lossy", light, "webp", quality=90)
    case("alpha", transparent, "webp", lossless=True)
    case("animation", color, "webp", save_all=True, append_images=[color.rotate(90)], lossless=True)
    return result
