"""What a page does although it must not."""
import json

WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

# Labels of a plot that reach out of it, overlap, or cannot be read.
OUTSIDE = """
[...document.querySelectorAll('figure > svg text')].filter(text => {
  const inner = text.getBoundingClientRect(), outer = text.closest('figure').getBoundingClientRect();
  return inner.left < outer.left - 3 || inner.right > outer.right + 3;
}).map(text => text.textContent).join(', ')"""
OVERLAPPING = """
[...document.querySelectorAll('figure > svg')].flatMap(svg => {
  const boxes = [...svg.querySelectorAll('text')].map(text => [text.textContent, text.getBoundingClientRect()]);
  return boxes.flatMap(([a, p], i) => boxes.slice(i + 1).filter(([, q]) =>
    p.left < q.right && q.left < p.right && p.top + 2 < q.bottom && q.top + 2 < p.bottom
  ).map(([b]) => a + ' and ' + b));
}).join(', ')"""
SMALLEST = """
Math.min(1000, ...[...document.querySelectorAll('figure > svg text')].map(text =>
  text.getBoundingClientRect().height))"""

# Elements that are wider or higher than the box that cuts them off. An element is allowed that can be scrolled, also
# by the keyboard, and shows that there is more, or that ends in an ellipsis.
CUT = """
[...document.querySelectorAll('body *')].filter(box => {
  const style = getComputedStyle(box);
  const wide = style.overflowX != 'visible' && box.scrollWidth > box.clientWidth + 1;
  const high = style.overflowY != 'visible' && box.scrollHeight > box.clientHeight + 1;
  if (!wide && !high || box.closest('svg')) return false;
  const moves = box.matches('.scroll[tabindex="0"][aria-label]') && style.overflowX == 'auto'
    && (style.backgroundImage != 'none' || style.maskImage != 'none');
  return !moves && style.textOverflow != 'ellipsis';
}).map(box => box.tagName + '.' + box.className + ' ' + box.textContent.slice(0, 40)).join('; ')"""

# Text that reaches out of the window without a box that can be scrolled.
STRAYING = """
[...document.querySelectorAll('body *')].filter(box =>
  !box.closest('.scroll, svg') && box.getBoundingClientRect().right > innerWidth + 1
).map(box => box.tagName + '.' + box.className).join('; ')"""

# On paper nothing can be scrolled.
MOVED_ON_PAPER = """
[...document.querySelectorAll('.scroll')].filter(box => box.scrollWidth > document.body.clientWidth + 1)
  .map(box => box.getAttribute('aria-label')).join('; ')"""


def noise(browser, page):
    """What a page writes to the console, and what it fetches."""
    for event in browser.events:
        method, parameters = event.get("method"), event.get("params", {})
        if method in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"):
            yield f"console: {json.dumps(parameters)[:300]}"
        if method == "Network.requestWillBeSent":
            url = parameters["request"]["url"]
            # A page may show pictures that lie beside it, and nothing else.
            if not url.startswith(("data:", page.parent.as_uri() + "/")):
                yield f"request: {url}"


def on_screen(browser, page):
    """What is wrong with a page on a screen."""
    yield from noise(browser, page)
    if (wide := browser.evaluate(WIDER)) > 0:
        yield f"the page is {wide} pixels wider than its window"
    for expression, text in [
        (OUTSIDE, "labels stick out of their plot"), (OVERLAPPING, "labels overlap"),
        (CUT, "cut off without a sign"), (STRAYING, "sticks out of the window"),
    ]:
        if found := browser.evaluate(expression):
            yield f"{text}: {found[:400]}"
    if (small := browser.evaluate(SMALLEST)) < 9:
        yield f"labels are {small} pixels high"


def on_paper(browser, page):
    """What is wrong with a page in print."""
    yield from noise(browser, page)
    for expression, text in [
        (OUTSIDE, "labels stick out of their plot"), (OVERLAPPING, "labels overlap"),
        (MOVED_ON_PAPER, "wider than the paper"),
    ]:
        if found := browser.evaluate(expression):
            yield f"{text}: {found[:400]}"


def violations(browser, axe):
    """What axe-core finds in the page that is shown: impact, rule and the first places."""
    browser.evaluate(axe + "; 0")
    found = browser.evaluate(
        "axe.run(document, {resultTypes: ['violations'], preload: false}).then(result => result.violations.map(v =>"
        " [v.impact, v.id, v.nodes.length, v.nodes.slice(0, 2).map(node => node.html.slice(0, 160)).join(' | ')]))")
    return [(impact or "minor", f"{rule} ({count} places): {places}") for impact, rule, count, places in found]
