"""Files with rare but valid headers, and the pixels that Pillow makes of them; see images.py."""

import base64
import io
import struct
import zlib

import numpy

from .images import prepared

WIDTH, HEIGHT = 17, 23


def picture(background):
    """Soft shades with a frame; no symmetry."""
    y, x = numpy.mgrid[0:HEIGHT, 0:WIDTH].astype(numpy.float64)
    inside = (x > 3) & (x < WIDTH - 2) & (y > 1) & (y < HEIGHT - 6)
    shade = numpy.stack([40 + 200 * x / WIDTH, 30 + 150 * y / HEIGHT, 220 - 180 * x * y / (WIDTH * HEIGHT)], -1)
    return numpy.where(inside[..., None], shade, background).astype(numpy.uint8)


def orientation(value, order="<", kind="H"):
    """An entry of a TIFF directory: SHORT, LONG, or signed."""
    return 0x112, {"H": 3, "I": 4, "h": 8, "i": 9}[kind], 1, struct.pack(order + kind, value)


def tiff(*entries, order="<", second=()):
    """An Exif block: one directory, or two."""
    def directory(entries, following):
        body = b"".join(struct.pack(order + "HHI", *entry[:3]) + entry[3].ljust(4, b"\0") for entry in entries)
        return struct.pack(order + "H", len(entries)) + body + struct.pack(order + "I", following)

    size = 8 + 2 + 12 * len(entries) + 4
    start = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, 8)
    return start + directory(entries, size if second else 0) + (directory(second, 0) if second else b"")


MAKE = (0x10F, 2, 4, b"abc\0")
TURNED = tiff(orientation(6))
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'


def segment(marker, data):
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def exif(block):
    return segment(0xE1, b"Exif\0\0" + block)


def xmp(packet):
    return segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet)


def jpegs(save, light, color):
    whole = save(light, "jpeg", quality=95)

    def within(*segments):
        return whole[:2] + b"".join(segments) + whole[2:]

    yield "big endian", within(exif(tiff(orientation(6, ">"), order=">")))
    yield "behind another tag", within(exif(tiff(MAKE, orientation(8))))
    yield "twice in a directory", within(exif(tiff(orientation(3), orientation(8))))
    for kind in "Ihi":
        yield f"as {kind}", within(exif(tiff(orientation(6, kind=kind))))
    for value in (0, 9, 65535):
        yield f"orientation {value}", within(exif(tiff(orientation(value))))
    yield "of the thumbnail alone", within(exif(tiff(MAKE, second=[orientation(6)])))
    yield "XMP before Exif", within(xmp(b"<x:xmpmeta/>"), exif(TURNED))
    yield "XMP", within(xmp(XMP))
    yield "XMP, as an element", within(xmp(b"<x><tiff:Orientation>6</tiff:Orientation></x>"))
    yield "XMP and Exif", within(xmp(XMP), exif(tiff(orientation(3))))
    yield "Exif that says one, XMP", within(xmp(XMP), exif(tiff(orientation(1))))
    yield "ICC before Exif", within(segment(0xE2, b"ICC_PROFILE\0\1\1" + b"x" * 200), exif(TURNED))
    yield "two Exif", within(exif(TURNED), exif(tiff(orientation(3))))
    yield "a comment before Exif", within(segment(0xFE, b"abcd"), exif(TURNED))
    yield "behind JFIF", whole[:20] + exif(TURNED) + whole[20:]
    yield "fill bytes", within(b"\xff\xff\xff" + exif(TURNED))
    yield "fill bytes before JFIF", within(b"\xff\xff")
    yield "Exif damaged", within(exif(b"II*\0\xff\xff\xff\xff"))
    yield "Exif empty", within(exif(b""))
    yield "Exif with a wrong count", within(exif(TURNED[:8] + b"\xff\xff" + TURNED[10:]))
    yield "Exif with a thumbnail", within(exif(TURNED + save(color.resize((8, 8)), "jpeg")))
    yield "bytes behind the end", whole + b"more" * 10
    yield "no JFIF", whole[:2] + whole[20:]
    yield "restart markers", save(light, "jpeg", quality=95, restart_marker_blocks=2)
    for subsampling in ("4:4:4", "4:2:2", "4:2:0"):
        yield subsampling, save(light, "jpeg", quality=95, subsampling=subsampling)
    yield "RGB", save(color, "jpeg", quality=95, keep_rgb=True)
    inks = save(color.convert("CMYK"), "jpeg", quality=95)
    adobe = inks.index(b"Adobe")
    yield "YCCK", inks[: adobe + 11] + b"\2" + inks[adobe + 12 :]
    length = struct.unpack(">H", inks[adobe - 2 : adobe])[0]
    yield "CMYK, not Adobe's", inks[: adobe - 4] + inks[adobe - 2 + length :]


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(values, depth, kind, before=(), behind=(), interlaced=False):
    """A PNG of any color type and depth, which Pillow does not write: integers (H, W, channels)."""
    def packed(values):
        if depth >= 8:
            return [row.astype(">u2" if depth == 16 else "u1").tobytes() for row in values]
        bits = numpy.unpackbits(values.astype("u1").reshape(*values.shape[:2], 1), axis=2)[..., 8 - depth :]
        return [numpy.packbits(row.reshape(-1)).tobytes() for row in bits]

    adam7 = (0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)
    parts = [values[y::down, x::right] for y, x, down, right in adam7] if interlaced else [values]
    rows = b"".join(b"\0" + row for part in parts if part.size for row in packed(part))
    height, width = values.shape[:2]
    return b"".join([
        b"\x89PNG\r\n\x1a\n",
        chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, interlaced)),
        *(chunk(*each) for each in before),
        chunk(b"IDAT", zlib.compress(rows, 9)),
        *(chunk(*each) for each in behind),
        chunk(b"IEND", b""),
    ])


def pngs(save, light, color):
    rgb = numpy.asarray(color) / 255
    grey = numpy.asarray(color.convert("L"))[..., None] / 255
    alpha = numpy.mgrid[0:HEIGHT, 0:WIDTH][1][..., None] / (WIDTH - 1)
    types = {0: [grey], 2: [rgb], 4: [grey, alpha], 6: [rgb, alpha]}
    for kind, depths in ((0, (1, 2, 4, 8, 16)), (2, (8, 16)), (4, (8, 16)), (6, (8, 16))):
        for depth in depths:
            values = (numpy.concatenate(types[kind], -1) * (2**depth - 1)).round().astype(int)
            for interlaced in (False, True):
                name = f"type {kind}, {depth} bits{', interlaced' if interlaced else ''}"
                yield name, png(values, depth, kind, interlaced=interlaced)
            # Pillow scales pixels of 2 and 4 bits, but not the value that is transparent, and forgets that of 16 bits of grey.
            if kind == 2 or (kind == 0 and depth in (1, 8)):
                key = b"".join(struct.pack(">H", int(value)) for value in values[9, 8])
                yield f"type {kind}, {depth} bits, a transparent value", png(values, depth, kind, [(b"tRNS", key)])
    for depth in (1, 2, 4, 8):
        count = min(2**depth, 16)
        entries = [(k * 255 // (count - 1), (count - 1 - k) * 200 // (count - 1), 30 + k) for k in range(count)]
        palette = b"PLTE", bytes(value for entry in entries for value in entry)
        values = (grey * (count - 1)).round().astype(int)
        for interlaced in (False, True):
            name = f"palette, {depth} bits{', interlaced' if interlaced else ''}"
            yield name, png(values, depth, 3, [palette], interlaced=interlaced)
        shades = b"tRNS", bytes(k * 255 // (count - 1) for k in range(count))
        yield f"palette, {depth} bits, transparent", png(values, depth, 3, [palette, shades])
        yield f"palette, {depth} bits, its first transparent", png(values, depth, 3, [palette, (b"tRNS", b"\0")])
    plain = numpy.asarray(light).astype(int)
    text = b"Exif\0\0" + TURNED
    profile = b"\nexif\n%8d\n%s\n" % (len(text), text.hex().encode())
    international = b"XML:com.adobe.xmp\0%s\0\0\0%s"
    for name, *chunks in (
        *((f"eXIf {value}", (b"eXIf", tiff(orientation(value)))) for value in range(1, 9)),
        ("eXIf, big endian", (b"eXIf", tiff(orientation(6, ">"), order=">"))),
        ("eXIf with a name", (b"eXIf", b"Exif\0\0" + TURNED)),
        ("eXIf damaged", (b"eXIf", b"II*\0\xff\xff\xff\xff")),
        ("a profile", (b"tEXt", b"Raw profile type exif\0" + profile)),
        ("a packed profile", (b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(profile))),
        ("XMP", (b"iTXt", international % (b"\0\0", XMP))),
        ("packed XMP", (b"iTXt", international % (b"\1\0", zlib.compress(XMP)))),
        ("gamma", (b"gAMA", struct.pack(">I", 100000))),
        ("significant bits", (b"sBIT", bytes([5, 5, 5]))),
        ("a chunk of nobody's", (b"abCd", b"xyz")),
    ):
        yield name, png(plain, 8, 2, chunks)
    yield "eXIf behind the pixels", png(plain, 8, 2, behind=[(b"eXIf", TURNED)])
    yield "bytes behind the end", png(plain, 8, 2) + b"more"
    for default in (False, True):
        options = {"save_all": True, "append_images": [light.rotate(180)], "default_image": default}
        yield f"animated{', with another picture' if default else ''}", save(light, "png", **options)


def webp_chunk(kind, data):
    return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def webps(save, light, color):
    def lossless(image=light, **options):
        return save(image, "webp", lossless=True, **options)

    transparent = color.copy()
    transparent.putalpha(color.convert("L"))
    for value in range(1, 9):
        yield f"Exif {value}", lossless(exif=tiff(orientation(value)))
    yield "Exif with a name", lossless(exif=b"Exif\0\0" + TURNED)
    yield "Exif, big endian, lossy with alpha", save(transparent, "webp", quality=90, exif=tiff(orientation(6, ">"), order=">"))
    yield "XMP", lossless(xmp=XMP)
    yield "ICC", lossless(icc_profile=b"x" * 99, exif=TURNED)
    animated = {"save_all": True, "append_images": [light.rotate(180)]}
    yield "animated, Exif", lossless(exif=TURNED, **animated)
    yield "animated, alpha", lossless(transparent, save_all=True, append_images=[transparent.rotate(180)])
    more = lossless(exif=TURNED)
    yield "a chunk of nobody's", b"RIFF" + struct.pack("<I", len(more) + 4) + more[8:] + webp_chunk(b"ABCD", b"abcd")
    yield "bytes behind the end", lossless() + b"garbage!"
    # A first frame that is smaller than the canvas.
    frame = lossless(color.resize((10, 12)))[12:]
    numbers = b"".join(struct.pack("<I", value)[:3] for value in (2, 3, 9, 11, 100))
    for flags, background in ((2, (0, 0, 0, 0)), (2, (255, 0, 0, 255)), (0x12, (0, 0, 0, 0))):
        canvas = struct.pack("<I", flags) + struct.pack("<I", WIDTH - 1)[:3] + struct.pack("<I", HEIGHT - 1)[:3]
        parts = webp_chunk(b"VP8X", canvas), webp_chunk(b"ANIM", bytes(background) + b"\0\0"), webp_chunk(b"ANMF", numbers + b"\2" + frame)
        body = b"WEBP" + b"".join(parts)
        yield f"a small frame, flags {flags}, background {background}", b"RIFF" + struct.pack("<I", len(body)) + body


def headers():
    from PIL import Image

    def save(image, kind, **options):
        file = io.BytesIO()
        image.save(file, kind, **options)
        return file.getvalue()

    light, color = (Image.fromarray(picture(background)) for background in (240, 10))
    result = []
    for kind, make in (("jpeg", jpegs), ("png", pngs), ("webp", webps)):
        for name, data in make(save, light, color):
            pixels = prepared(Image.open(io.BytesIO(data))).tobytes()
            encoded = {"file": base64.b64encode(data).decode(), "pixels": base64.b64encode(pixels).decode()}
            result.append({"name": f"{kind}: {name}", **encoded})
    return result
