/// How a picture becomes a graph's pixels, as functions in Python: what the documentation shows and programs beside graphs
/// hold.
enum PixelsRecipe {
  /// The functions, which need `numpy` and Pillow's `Image`; `pixels(path, preprocessing)` is the one to call.
  static let functions = #"""
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
        # The largest centred box of the output's shape, or the smallest about the image, or all of it.
        fit = preprocessing.get("fit", "crop")
        box = stored if fit == "stretch" else sides * (min if fit == "crop" else max)(stored / sides)
        low, size = (stored - box) / 2 / factor, box / factor
        (columns, inside_x), (rows, inside_y) = (
            taps(sides[axis], low[axis], size[axis], image.size[axis], stored[axis] / factor, fit) for axis in (0, 1))
        planes = numpy.asarray(image, dtype=numpy.float32).reshape(image.height, image.width, -1).transpose(2, 0, 1)
        inside = numpy.outer(inside_y, inside_x)
        ground = preprocessing["background"]
        if mode == "L":
            ground = [round(0.299 * ground[0] + 0.587 * ground[1] + 0.114 * ground[2])]
        planes = [inside * (rows @ plane @ columns.T) + (1 - inside) * level for plane, level in zip(planes, ground)]
        planes = [Image.fromarray(plane.astype(numpy.float32)) for plane in planes]
        if turn in TURNS:
            planes = [plane.transpose(TURNS[turn]) for plane in planes]
        return numpy.stack([numpy.asarray(plane) for plane in planes])


    def taps(count, start, length, pixels, end, fit):
        """One axis: the weights (count, pixels) of a triangle filter as wide as it must be not to alias, and how much of each
        pixel of the output lies on the image."""
        scale = length / count
        centers = start + (numpy.arange(count) + 0.5) * scale
        reach = max(1, scale)
        places = numpy.arange(pixels)
        # Only an axis along which the image ends within the box shows its mirror image.
        mirrors = fit == "pad-reflect" and (start < -1e-6 or start + length > end + 1e-6)
        if mirrors:
            places = numpy.arange(int(start - reach) - 1, int(start + length + reach) + 2)
        # The last pixel of a reduced picture may stand for less than a whole one.
        edges = numpy.append(places, places[-1] + 1)
        edges = numpy.where(edges < pixels, edges, end + edges - pixels)
        middles = (edges[1:] + edges[:-1]) / 2
        weights = numpy.diff(edges) * numpy.maximum(0, 1 - abs(middles - centers[:, None]) / reach)
        folded = abs((places + pixels - 1) % max(1, 2 * pixels - 2) - (pixels - 1)) if mirrors else places
        matrix = numpy.zeros((count, pixels))
        numpy.add.at(matrix.T, folded, weights.T)
        matrix /= numpy.maximum(matrix.sum(axis=1, keepdims=True), 1e-12)
        inside = numpy.minimum(centers + scale / 2, end) - numpy.maximum(centers - scale / 2, 0)
        inside = numpy.clip(inside / scale, 0, 1) if fit == "pad" else numpy.ones(count)
        return matrix, inside

    """#
}
