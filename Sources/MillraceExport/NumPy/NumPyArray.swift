import Foundation

/// An array as the bytes of a `.npy` file, version 1.0.
///
/// Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html.
struct NumPyArray: Hashable {
  /// The file's bytes.
  let npy: [UInt8]

  /// Floats in row-major order.
  init(_ values: [Float], shape: [Int]) {
    precondition(shape.reduce(1, *) == values.count, "an array of shape \(shape) got \(values.count) values")
    npy = Self.header(type: "<f4", shape: shape) + values.withUnsafeBytes { Array($0) }
  }

  /// Texts, each padded with zeros to the longest.
  init(_ texts: [String], shape: [Int]) {
    precondition(shape.reduce(1, *) == texts.count, "an array of shape \(shape) got \(texts.count) texts")
    let length = max(1, texts.map(\.unicodeScalars.count).max() ?? 0)
    var units: [UInt32] = []
    for text in texts {
      units += text.unicodeScalars.map(\.value)
      units += Array(repeating: 0, count: length - text.unicodeScalars.count)
    }
    npy = Self.header(type: "<U\(length)", shape: shape) + units.withUnsafeBytes { Array($0) }
  }

  /// The magic number, the version, and a Python dictionary padded so that the data begins at a multiple of 64.
  private static func header(type: String, shape: [Int]) -> [UInt8] {
    // Python's tuples: (), (2,), (2, 3).
    let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var text = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(sizes)), }"
    let preamble: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
    while !(preamble.count + 2 + text.utf8.count + 1).isMultiple(of: 64) { text += " " }
    let bytes = Array((text + "\n").utf8)
    return preamble + [UInt8(truncatingIfNeeded: bytes.count), UInt8(truncatingIfNeeded: bytes.count >> 8)]
      + bytes
  }
}
