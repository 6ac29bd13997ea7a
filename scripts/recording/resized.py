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
