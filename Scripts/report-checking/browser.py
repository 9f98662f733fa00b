"""A browser without a window."""
import base64, json, os, subprocess, sys


class Browser:
    """A headless Chromium, which is controlled by its DevTools protocol through a pair of pipes."""

    def __init__(self, chromium, profile):
        to_read, self.to_write = os.pipe()
        self.from_read, from_write = os.pipe()
        # Chromium reads from descriptor 3 and writes to descriptor 4.
        shell = f"exec 3<&{to_read} 4>&{from_write}; exec \"$@\""
        self.process = subprocess.Popen(
            ["bash", "-c", shell, "bash", chromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
             "--hide-scrollbars", f"--user-data-dir={profile}", "--remote-debugging-pipe"],
            pass_fds=(to_read, from_write), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(from_write)
        self.buffer, self.number, self.events, self.session = b"", 0, [], None
        target = self.call("Target.createTarget", {"url": "about:blank"})["targetId"]
        self.session = self.call("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def receive(self):
        while b"\0" not in self.buffer:
            block = os.read(self.from_read, 1 << 20)
            if not block:
                sys.exit("report-check: the browser has gone")
            self.buffer += block
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, parameters=None):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters or {}}
        if self.session:
            message["sessionId"] = self.session
        block = json.dumps(message).encode() + b"\0"
        while block:
            block = block[os.write(self.to_write, block):]
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                if "error" in answer:
                    sys.exit(f"report-check: {method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def show(self, page, width, scheme="light", medium="screen"):
        """Opens a page in a window of some width, in the reader's colours, for screen or print."""
        self.call("Emulation.setDeviceMetricsOverride",
                  {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600})
        self.call("Emulation.setEmulatedMedia",
                  {"media": medium, "features": [{"name": "prefers-color-scheme", "value": scheme}]})
        self.events.clear()
        self.call("Page.navigate", {"url": page.as_uri()})
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self.receive())

    def evaluate(self, expression):
        """The value of a JavaScript expression; a promise is waited for."""
        answer = self.call("Runtime.evaluate",
                           {"expression": expression, "returnByValue": True, "awaitPromise": True})
        if "exceptionDetails" in answer:
            sys.exit(f"report-check: {json.dumps(answer['exceptionDetails'])[:500]}")
        return answer["result"].get("value")

    def screenshot(self):
        return base64.b64decode(self.call("Page.captureScreenshot", {"captureBeyondViewport": True})["data"])

    def paper(self):
        return base64.b64decode(self.call("Page.printToPDF", {"printBackground": False})["data"])

    def close(self):
        self.process.terminate()
        self.process.wait()
