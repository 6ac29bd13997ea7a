import base64

import numpy


def resized():
    """Grey bytes, and what Pillow's BILINEAR makes of them in other sizes."""
    from PIL import Image

    numbers = numpy.random.default_rng(0)
    result = []
    for height, width in ((28, 28), (1, 1), (9, 9), (40, 40)):
        # Noise has every rounding; an edge has the extremes.
        pixels = numbers.integers(0, 256, (height, width), dtype=numpy.uint8)
        pixels[:, width // 2 :][::2] = 255
        image = Image.fromarray(pixels)
        # Of sizes with both edges changed unlike, Pillow 13 chooses which edge comes first.
        scaled = [[max(1, round(edge * scale)) for edge in (height, width)] for scale in (0.3, 0.5, 0.71, 1.14, 1.3, 2, 2.3)]
        for to in (*scaled, [height, 2 * width], [max(1, height // 2), width]):
            made = image.resize(to[::-1], Image.Resampling.BILINEAR)
            encoded = [base64.b64encode(each).decode() for each in (pixels.tobytes(), made.tobytes())]
            result.append({"from": [height, width], "to": to, "pixels": encoded[0], "resized": encoded[1]})
    return result


def resized_sizes():
    """Many sizes by a checksum each: [height, width, new height, new width, CRC-32 of Pillow's bytes]."""
    import zlib

    from PIL import Image

    numbers = numpy.random.default_rng(1)
    sizes = [[28, 28, edge, edge] for edge in range(1, 100)]
    for edge in range(1, 40):
        sizes += [[1, 1, edge, edge], [edge, edge, 1, 1], [edge, 1, 1, edge], [28, edge, 28, 28], [edge, 28, 28, 28]]
    sizes += numbers.integers(1, 60, (400, 4)).tolist()
    # About where Pillow 13 begins downwards.
    for height, width in numbers.integers(20, 60, (60, 2)).tolist():
        less = int(numbers.integers(1, 9))
        sizes += [[height, width, height - 2 * less + step, width - less] for step in (-1, 0, 1)]
    result = []
    for height, width, to_height, to_width in sizes:
        # A hash of the place, which JavaScript computes as well.
        places = numpy.arange(height * width, dtype=numpy.uint64) + 97 * height + width
        pixels = ((places * 2654435761 % 2**32) >> 24).astype(numpy.uint8).reshape(height, width)
        made = Image.fromarray(pixels).resize((to_width, to_height), Image.Resampling.BILINEAR)
        result.append([height, width, to_height, to_width, zlib.crc32(made.tobytes())])
    return result
