"""Whether the colours of the lines can be told apart, also by readers who see fewer colours."""
import itertools, re

# Linear RGB as people without one kind of cones see it (Machado, Oliveira and Fernandes, 2009, severity 1).
READERS = {
    "most readers": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
# The least distances in CIELAB: of colours that differ in nothing else, and of colours whose lines are also dashed
# differently.
APART, APART_AND_BROKEN = 30, 14
UNBROKEN = 3
# The least contrasts of WCAG 2 between a drawing and its background.
LEAST_CONTRAST = 3


def linear(text):
    channels = [int(text[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]


def seen(colour, matrix):
    return [min(1, max(0, sum(m * c for m, c in zip(row, colour)))) for row in matrix]


def lab(colour):
    r, g, b = colour
    xyz = ((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505, 0.2126 * r + 0.7152 * g + 0.0722 * b,
           (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089)
    x, y, z = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def distance(one, other):
    return sum((a - b) ** 2 for a, b in zip(lab(one), lab(other))) ** 0.5


def contrast(one, other):
    lights = sorted((0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in (one, other)), reverse=True)
    return (lights[0] + 0.05) / (lights[1] + 0.05)


def complaints(browser, page):
    """Pairs of colours that some readers cannot tell apart, and those too faint for their background."""
    for scheme in ("light", "dark"):
        browser.show(page, 1280, scheme)
        names = ["page", "good", "bad", *(f"line-{number}" for number in range(1, 9))]
        style = "getComputedStyle(document.documentElement).getPropertyValue('--%s').trim()"
        colours = {name: linear(browser.evaluate(style % name)) for name in names}
        for name, colour in colours.items():
            if name != "page" and (ratio := contrast(colour, colours["page"])) < LEAST_CONTRAST:
                yield f"{scheme}: {name} has a contrast of {ratio:.1f} with the page"
        pairs = [("good", "bad"), *itertools.combinations(names[3:], 2)]
        for reader, matrix in READERS.items():
            for one, other in pairs:
                far = distance(seen(colours[one], matrix), seen(colours[other], matrix))
                number = re.search(r"\d", other)
                least = APART_AND_BROKEN if number and int(number[0]) > UNBROKEN else APART
                if far < least:
                    yield f"{scheme}: {one} and {other} are {far:.0f} apart for {reader}"
