#!/usr/bin/env python3
"""Makes the files of this folder, and the pixels that a decoder must find in them (`*.raw`).

A file that is there already is never replaced: other versions of these programs make other bytes, by which a test could
hide a fault. Whoever wants one made anew removes it first.

Needs cjpeg and jpegtran (libjpeg-turbo), cwebp, ImageMagick's convert, and the Python packages pillow, numpy, pypng
and pylibjpeg-libjpeg. The last two, which share no code with libpng and libjpeg-turbo, are the judges.
"""
import filecmp
import io
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile

import libjpeg
import numpy as np
import png
from PIL import Image

WIDTH, HEIGHT = 48, 32
BACKGROUND = np.array([30, 120, 200])


def run(*command, data=None):
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout


def write(name, data):
    with open(name, "wb") as file:
        file.write(bytes(data))


def base():
    """Smooth color, so that decoders that upsample chroma differently agree; some detail in the luma."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(float)
    detail = 25 * np.sin(x * 0.7) * np.cos(y * 0.5) + 20 * (x + 2 * y > 60)
    red = 40 + 150 * x / WIDTH + detail
    green = 60 + 120 * y / HEIGHT + detail
    blue = 190 - 100 * x / WIDTH + detail
    return np.clip(np.stack([red, green, blue], -1), 0, 255).round().astype(np.uint8)


# MARK: JPEG


def planes(data):
    """The decoded components, by Thomas Richter's libjpeg: (height, width, components), no color transform."""
    return libjpeg.decode(data, colour_transform=0).reshape(*size_of(data), -1).astype(float)


def size_of(data):
    width, height = Image.open(io.BytesIO(data)).size
    return height, width


def rgb_of_ycc(ycc):
    y, cb, cr = ycc[..., 0], ycc[..., 1] - 128, ycc[..., 2] - 128
    rgb = [y + 1.402 * cr, y - 0.344136 * cb - 0.714136 * cr, y + 1.772 * cb]
    return np.clip(np.stack(rgb, -1).round(), 0, 255)


def rgb_of_cmy_times_k(cmyk):
    return (cmyk[..., :3] * cmyk[..., 3:] / 255).round()


def expect(name, pixels):
    write(name + ".raw", pixels.round().astype(np.uint8).tobytes())


def segment_bounds(data, wanted):
    """Where the first marker segment of a kind begins and ends."""
    offset = 2
    while data[offset + 1] != wanted:
        offset += 2 + struct.unpack(">H", data[offset + 2:offset + 4])[0]
    return offset, offset + 2 + struct.unpack(">H", data[offset + 2:offset + 4])[0]


def with_exif(data, orientation):
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0)
    tiff = b"MM\0*" + struct.pack(">IH", 8, 1) + entry + b"\0\0\0\0"
    body = b"Exif\0\0" + tiff
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + data[2:]


def make_jpegs():
    ppm = io.BytesIO()
    Image.fromarray(base()).save(ppm, "ppm")
    ppm = ppm.getvalue()
    full = run("cjpeg", "-quality", "92", "-sample", "1x1", data=ppm)
    half = run("cjpeg", "-quality", "92", "-sample", "2x2", data=ppm)
    gray = run("cjpeg", "-quality", "92", "-grayscale", data=ppm)
    write("444.jpg", full)
    write("420.jpg", half)
    write("gray.jpg", gray)
    expect("444", rgb_of_ycc(planes(full)))
    expect("420", rgb_of_ycc(planes(half)))
    expect("gray", planes(gray))

    # Lossless transcodings of 420.jpg: the same pixels.
    write("420-progressive.jpg", run("jpegtran", "-progressive", data=half))
    write("420-restarts.jpg", run("jpegtran", "-restart", "2B", data=half))
    write("420-arithmetic.jpg", run("jpegtran", "-arithmetic", data=half))
    write("420-progressive-arithmetic.jpg", run("jpegtran", "-arithmetic", "-progressive", data=half))
    with open("scans.txt", "w") as script:
        script.write("0;\n1;\n2;\n")
    write("420-three-scans.jpg", run("jpegtran", "-scans", "scans.txt", data=half))
    with open("scans.txt", "w") as script:
        script.write("0: 0-0, 0, 0;\n0: 1-63, 0, 0;\n")
    write("gray-two-progressive-scans.jpg", run("jpegtran", "-scans", "scans.txt", data=gray))
    os.remove("scans.txt")
    write("rgb.jpg", run("cjpeg", "-quality", "92", "-rgb", data=ppm))
    with open("rgb.jpg", "rb") as file:
        expect("rgb", planes(file.read()))

    # Stored turned, so that the orientation of their EXIF brings back 444.jpg.
    turns = {
        1: [], 2: ["-flip", "horizontal"], 3: ["-rotate", "180"], 4: ["-flip", "vertical"],
        5: ["-transpose"], 6: ["-rotate", "270"], 7: ["-transverse"], 8: ["-rotate", "90"],
    }
    for orientation, turn in turns.items():
        turned = run("jpegtran", "-copy", "none", *turn, data=full)
        write(f"exif-{orientation}.jpg", with_exif(turned, orientation))

    # Four inks: as Adobe stores them (inverted), the same in YCCK, and with Adobe's marker lost.
    cmyk = io.BytesIO()
    Image.fromarray(base()).convert("CMYK").save(cmyk, "jpeg", quality=92)
    cmyk = cmyk.getvalue()
    write("cmyk.jpg", cmyk)
    expect("cmyk", rgb_of_cmy_times_k(planes(cmyk)))
    start, end = segment_bounds(cmyk, 0xEE)
    write("cmyk-without-adobe.jpg", cmyk[:start] + cmyk[end:])
    ycck = run("convert", "cmyk.jpg", "-strip", "-sampling-factor", "1x1", "-quality", "92", "jpg:-")
    write("ycck.jpg", ycck)
    start, end = segment_bounds(ycck, 0xEE)
    assert ycck[end - 1] == 2, "the Adobe marker says YCCK"
    raw = planes(ycck)
    # YCCK's Y, Cb, Cr give 255 - ink of what is stored.
    light = np.concatenate([255 - rgb_of_ycc(raw[..., :3]), raw[..., 3:]], -1)
    expect("ycck", rgb_of_cmy_times_k(light))

    # Declares 12 bits a sample; no decoder here reads on after that.
    start, _ = segment_bounds(gray, 0xC0)
    twelve = bytearray(gray)
    twelve[start + 1], twelve[start + 4] = 0xC1, 12
    write("12-bit.jpg", twelve)
    lossless = bytearray(gray)
    lossless[start + 1] = 0xC3
    write("lossless.jpg", lossless)


# MARK: PNG


def expect_png(name):
    """RGBA in 16 bits by pypng, rounded to 8, over the background."""
    width, height, rows, info = png.Reader(filename=name + ".png").read()
    planes_count, depth = info["planes"], info["bitdepth"]
    values = np.array([list(row) for row in rows]).reshape(height, width, planes_count)
    if "palette" in info:
        palette = np.array([list(color) + [255] * (4 - len(color)) for color in info["palette"]])
        rgba = palette[values[..., 0]]
    else:
        top = 2 ** depth - 1
        alpha = np.full((height, width, 1), top)
        if info.get("transparent") is not None:
            alpha[(values == np.array(info["transparent"])).all(-1)] = 0
        if info["alpha"]:
            values, alpha = values[..., :-1], values[..., -1:]
        if values.shape[-1] == 1:
            values = values.repeat(3, -1)
        rgba = np.concatenate([values, alpha], -1)
        rgba = (rgba * 255 + top // 2) // top
    color, alpha = rgba[..., :3], rgba[..., 3:]
    write(name + ".raw", ((color * alpha + BACKGROUND * (255 - alpha) + 127) // 255).astype(np.uint8).tobytes())


def make_pngs():
    rgb = base()[:17, :19].astype(int)
    height, width = rgb.shape[:2]
    gray = (rgb.sum(-1) // 3)[..., None]
    rng = np.random.default_rng(1)
    alpha = np.linspace(0, 255, width * height).round().astype(int).reshape(height, width, 1)

    def deepen(values):
        """8 bits to 16, with low bytes of their own."""
        return values * 256 + rng.integers(0, 256, values.shape)

    def save(name, values, depth=8, interlace=False, **options):
        writer = png.Writer(width, height, bitdepth=depth, interlace=interlace, **options)
        with open(name + ".png", "wb") as file:
            writer.write(file, values.reshape(height, -1).tolist())
        expect_png(name)

    for depth in 1, 2, 4, 8:
        shallow = gray >> (8 - depth)
        save(f"gray-{depth}", shallow, depth, greyscale=True)
        save(f"gray-{depth}-interlaced", shallow, depth, True, greyscale=True)
        save(f"gray-{depth}-trns", shallow, depth, greyscale=True, transparent=int(shallow[0, 0, 0]))
        colors = 2 ** depth
        table = [tuple(int(v) for v in rng.integers(0, 256, 3)) for _ in range(colors)]
        see_through = [color + (int(rng.integers(0, 256)),) for color in table]
        save(f"palette-{depth}", shallow, depth, palette=table)
        save(f"palette-{depth}-trns-interlaced", shallow, depth, True, palette=see_through)
    deep = deepen(rgb)
    save("gray-16", deepen(gray), 16, greyscale=True)
    save("gray-alpha-8", np.concatenate([gray, alpha], -1), greyscale=True, alpha=True)
    save("gray-alpha-16-interlaced", deepen(np.concatenate([gray, alpha], -1)), 16, True, greyscale=True, alpha=True)
    save("rgb-8", rgb, greyscale=False)
    save("rgb-8-interlaced", rgb, 8, True, greyscale=False)
    save("rgb-8-trns", rgb, greyscale=False, transparent=tuple(int(v) for v in rgb[5, 5]))
    save("rgb-16", deep, 16, greyscale=False)
    save("rgb-16-trns", deep, 16, greyscale=False, transparent=tuple(int(v) for v in deep[5, 5]))
    save("rgba-8", np.concatenate([rgb, alpha], -1), greyscale=False, alpha=True)
    save("rgba-8-interlaced", np.concatenate([rgb, alpha], -1), 8, True, greyscale=False, alpha=True)
    save("rgba-16", deepen(np.concatenate([rgb, alpha], -1)), 16, greyscale=False, alpha=True)

    # Stored turned, with an eXIf chunk that brings back rgb-8.png.
    image = Image.fromarray(rgb.astype(np.uint8))
    turns = Image.Transpose
    stored = {
        1: None, 2: turns.FLIP_LEFT_RIGHT, 3: turns.ROTATE_180, 4: turns.FLIP_TOP_BOTTOM,
        5: turns.TRANSPOSE, 6: turns.ROTATE_90, 7: turns.TRANSVERSE, 8: turns.ROTATE_270,
    }
    for orientation, turn in stored.items():
        exif = Image.Exif()
        exif[0x0112] = orientation
        (image if turn is None else image.transpose(turn)).save(f"exif-{orientation}.png", exif=exif.tobytes())


# MARK: WebP


def over_background(image):
    """A picture's pixels, RGB, over the background."""
    pixels = np.asarray(image.convert("RGBA")).astype(float)
    alpha = pixels[..., 3:] / 255
    return pixels[..., :3] * alpha + BACKGROUND * (1 - alpha)


def webp():
    """By cwebp and webpmux; the judge is Pillow, whose libwebp is another one."""
    picture = base()
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(float)
    alpha = np.clip(255 - 9 * np.hypot(x - 20, y - 14), 0, 255).round().astype(np.uint8)
    Image.fromarray(picture).save("opaque.tmp.png")
    Image.fromarray(np.dstack([picture, alpha])).save("clear.tmp.png")
    for name, source, options in [
            ("lossy", "opaque", ["-q", "80"]), ("lossless", "opaque", ["-lossless"]),
            ("lossy-alpha", "clear", ["-q", "80"]), ("lossless-alpha", "clear", ["-lossless", "-exact"])]:
        run("cwebp", "-quiet", "-metadata", "none", *options, source + ".tmp.png", "-o", name + ".webp")
    frames = [Image.fromarray(np.dstack([np.roll(picture, 7 * n, 1), np.roll(alpha, 5 * n, 0)])) for n in range(3)]
    frames[0].save("animated.webp", save_all=True, append_images=frames[1:], duration=100, lossless=True)
    turned = Image.fromarray(picture).transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6
    turned.save("exif-6.webp", lossless=True, exif=exif)
    for name in ["lossy", "lossless", "lossy-alpha", "lossless-alpha", "animated"]:
        expect(name, over_background(Image.open(name + ".webp")))
    for name in ["opaque", "clear"]:
        os.remove(name + ".tmp.png")


# MARK: BMP


def bmp(name, bits, rows, palette=None, header=40, masks=(), top_down=False):
    """A file written by hand: rows of bytes from top to bottom, a palette of (red, green, blue), masks of the colors."""
    entry = (lambda c: bytes(c[::-1])) if header == 12 else (lambda c: bytes(c[::-1]) + b"\0")
    colors = b"".join(entry(tuple(int(v) for v in c)) for c in palette) if palette is not None else b""
    if header == 12:
        info = struct.pack("<IHHHH", 12, WIDTH, HEIGHT, 1, bits)
    else:
        info = struct.pack(
            "<IiiHHIIiiII", header, WIDTH, -HEIGHT if top_down else HEIGHT, 1, bits, 3 if masks else 0, 0, 2835, 2835,
            len(palette) if palette is not None else 0, 0)
        info += struct.pack("<%dI" % len(masks), *masks)
        info += b"\0" * max(0, header - len(info))
    padded = [row + b"\0" * (-len(row) % 4) for row in (rows if top_down else rows[::-1])]
    data = 14 + len(info) + len(colors)
    whole = info + colors + b"".join(padded)
    with open(name + ".bmp", "wb") as file:
        file.write(b"BM" + struct.pack("<IHHI", 14 + len(whole), 0, 0, data) + whole)


def bmps():
    """By Pillow and by hand; the judge is Pillow."""
    picture = base()
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(float)
    alpha = np.clip(255 - 9 * np.hypot(x - 20, y - 14), 0, 255).round().astype(np.uint8)
    Image.fromarray(picture).save("rgb-24.bmp")
    Image.fromarray(picture).quantize(200, dither=Image.Dither.NONE).save("indexed-8.bmp")
    few = Image.fromarray(picture).quantize(16, dither=Image.Dither.NONE)
    colors, indices = np.array(few.getpalette()[:48]).reshape(-1, 3), np.asarray(few)
    bmp("indexed-4", 4, [bytes(a << 4 | b for a, b in zip(row[::2], row[1::2])) for row in indices.tolist()], colors)
    dark = picture.mean(-1) < 110
    bmp("indexed-1-core", 1, [np.packbits(row).tobytes() for row in dark], [(250, 240, 30), (20, 60, 130)], header=12)
    wide = picture.astype(np.uint32)
    short = wide[..., 0] >> 3 << 11 | wide[..., 1] >> 2 << 5 | wide[..., 2] >> 3
    bmp("rgb-16-masks", 16, [row.astype("<u2").tobytes() for row in short], masks=(0xF800, 0x7E0, 0x1F))
    five = wide[..., 0] >> 3 << 10 | wide[..., 1] >> 3 << 5 | wide[..., 2] >> 3
    bmp("rgb-16-top-down", 16, [row.astype("<u2").tobytes() for row in five], top_down=True)
    clear = np.dstack([picture[..., ::-1], alpha])
    bmp(
        "rgba-32", 32, [row.tobytes() for row in clear], header=124,
        masks=(0xFF0000, 0xFF00, 0xFF, 0xFF000000, 0x73524742))
    for name in ["rgb-24", "indexed-8", "indexed-4", "indexed-1-core", "rgb-16-masks", "rgb-16-top-down", "rgba-32"]:
        expect(name, over_background(Image.open(name + ".bmp")))


def main():
    place = pathlib.Path(__file__).resolve().parent
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        make_jpegs()
        make_pngs()
        webp()
        bmps()
        os.chdir(place)
        kept = []
        for file in sorted(pathlib.Path(folder).iterdir()):
            if not (place / file.name).exists():
                shutil.move(file, place)
                print(f"made {file.name}")
            elif not filecmp.cmp(file, place / file.name, shallow=False):
                kept.append(file.name)
    if kept:
        sys.exit(f"These files are there, with other bytes than would be made now, and were left alone: {', '.join(kept)}.\n"
                 "Remove those that are to be made anew.")


main()
