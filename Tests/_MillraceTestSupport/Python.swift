import Foundation

/// A Python 3 that has Pillow, NumPy and ONNX Runtime, for tests of programs that are written.
public enum Python {
  /// The one that `Scripts/interop` makes, or else the system's; nil where neither has all that.
  public static let withONNXRuntime: String? = {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../..")
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let candidates =
      [root.appending(path: ".build/interop/bin/python").standardizedFileURL.path]
      + folders.map { "\($0)/python3" }
    return candidates.first { path in
      FileManager.default.isExecutableFile(atPath: path)
        && (try? CCompiler.run(path, ["-c", "import numpy, onnxruntime, PIL"]))?.status == 0
    }
  }()
}
