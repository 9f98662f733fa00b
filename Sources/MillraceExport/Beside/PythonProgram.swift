import Foundation

/// The program that stands beside a graph: it says of pictures what `predict` says of them.
struct PythonProgram {
  /// The name of the graph's file, which lies in the same folder.
  let graph: String
  /// What the graph takes.
  let input: ONNXInput

  /// The program, for Python 3 with Pillow, NumPy and ONNX Runtime.
  var text: String {
    """
    # What \(words) says of pictures: python3 PROGRAM PICTURE...
    # It needs Pillow, NumPy and ONNX Runtime: python3 -m pip install pillow numpy onnxruntime

    import json
    import pathlib
    import sys

    import numpy
    import onnxruntime
    from PIL import Image\(input == .image ? ", ImageOps" : "")

    \(function)
    session = onnxruntime.InferenceSession(
        pathlib.Path(__file__).with_name(\(literal)), providers=["CPUExecutionProvider"])
    metadata = session.get_modelmeta().custom_metadata_map
    classes = json.loads(metadata["millrace.classes"])
    preprocessing = json.loads(metadata["millrace.preprocessing"])
    for path in sys.argv[1:]:
        outputs = session.run(None, {"\(input.name)": \(value)})[0][0]
        best = outputs.argmax()
        print(f"{outputs[best]:.6f}  {classes[best]}  {path}")

    """
  }

  /// The graph's name in a comment, which ends with its line.
  private var words: String { graph.contains(where: \.isNewline) ? "the graph" : graph }

  /// The graph's name as a string of Python, which reads JSON's escapes alike.
  private var literal: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    return (try? encoder.encode(graph)).map { String(decoding: $0, as: UTF8.self) } ?? "\"model.onnx\""
  }

  private var value: String {
    switch input {
    case .pixels: "pixels(path, preprocessing)[None]"
    case .image: "picture(path, preprocessing[\"background\"])"
    }
  }

  private var function: String {
    switch input {
    case .pixels: PixelsRecipe.functions + "\n"
    case .image:
      #"""

      def picture(path, background):
          """A picture as the graph takes it: uint8 of (height, width, 3), upright, transparent parts over the background."""
          image = ImageOps.exif_transpose(Image.open(path))
          if image.mode.startswith("I"):
              # 16 bits of gray, of which Pillow knows no transparency.
              image = Image.fromarray(numpy.rint(numpy.asarray(image) / 257).astype(numpy.uint8))
          if image.mode != "RGB":
              image = image.convert("RGBA")
              image = Image.alpha_composite(Image.new("RGBA", image.size, (*background, 255)), image).convert("RGB")
          return numpy.asarray(image)


      """#
    }
  }
}
