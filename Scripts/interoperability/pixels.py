"""How a picture becomes what an exported graph is given. The documentation shows this file as it is."""

import numpy
from PIL import Image

# How the picture of each EXIF orientation is made upright; the others are.
TURNS = {2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
         5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
         8: Image.Transpose.ROTATE_90}


def pixels(path, preprocessing):
    """An image as `predict` sees it: float32 of (channels, height, width), from 0 to 255.

    preprocessing: what the model's metadata say under "millrace.preprocessing".
    """
    image = Image.open(path)
    mode = "L" if preprocessing["channels"] == "gray" else "RGB"
    sides = numpy.array([preprocessing["width"], preprocessing["height"]])
    # A centred box stays centred when the picture is turned, so the turn comes last.
    turn = image.getexif().get(274, 1)
    if turn in (5, 6, 7, 8):
        sides = sides[::-1]
    # Large pictures are first reduced, by what leaves enough for the augmentation of the training.
    stored = numpy.array(image.size)
    enough = numpy.ceil(sides.astype(numpy.float32) * numpy.float32(preprocessing.get("magnification", 1)))
    factor = next(n for n in (8, 4, 2, 1) if n == 1 or all(-(-stored // n) >= enough))
    if image.format == "JPEG":
        # By libjpeg, while it decodes.
        image.draft(mode, tuple(numpy.maximum(stored // factor, 1)))
        image = image.convert(mode)
    else:
        if image.mode.startswith("I"):
            # 16 bits of gray, of which Pillow knows no transparency.
            image = Image.fromarray(numpy.rint(numpy.asarray(image) / 257).astype(numpy.uint8))
        image = image.convert("RGBA")
        ground = Image.new("RGBA", image.size, (*preprocessing["background"], 255))
        image = Image.alpha_composite(ground, image).convert(mode).reduce(factor)
    # The largest centred box of the output's shape, by a triangle filter as wide as it must be not to alias.
    box = sides * min(stored / sides)
    low, high = (stored - box) / 2 / factor, (stored + box) / 2 / factor
    planes = numpy.asarray(image, dtype=numpy.float32).reshape(image.height, image.width, -1)
    planes = [Image.fromarray(planes[:, :, channel]).resize(tuple(sides), Image.Resampling.BILINEAR, (*low, *high))
              for channel in range(planes.shape[2])]
    if turn in TURNS:
        planes = [plane.transpose(TURNS[turn]) for plane in planes]
    return numpy.stack([numpy.asarray(plane) for plane in planes])
