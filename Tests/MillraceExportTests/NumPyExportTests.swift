import Foundation
import MillraceNetwork
import MillracePipeline
import Testing
import _MillraceTestSupport

@testable import MillraceExport
@testable import MillraceModels

struct NumPyExportTests {
  /// A number in an archive's bytes, the lowest first.
  private func number(_ bytes: [UInt8], at offset: Int, width: Int) -> Int {
    (0..<width).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
  }

  /// The members in an archive's directory, each checked against its own header and its checksum.
  private func members(_ bytes: [UInt8]) -> [(name: String, contents: [UInt8])] {
    let end = bytes.count - 22
    #expect(number(bytes, at: end, width: 4) == 0x0605_4B50)
    var entry = number(bytes, at: end + 16, width: 4)
    #expect(entry + number(bytes, at: end + 12, width: 4) == end)
    return (0..<number(bytes, at: end + 10, width: 2)).map { _ in
      let (length, size) = (number(bytes, at: entry + 28, width: 2), number(bytes, at: entry + 24, width: 4))
      let name = bytes[entry + 46..<entry + 46 + length]
      let header = number(bytes, at: entry + 42, width: 4)
      #expect(number(bytes, at: header, width: 4) == 0x0403_4B50)
      #expect(bytes[header + 4..<header + 30] == bytes[entry + 6..<entry + 32])
      #expect(bytes[header + 30..<header + 30 + length] == name)
      let contents = Array(bytes[header + 30 + length..<header + 30 + length + size])
      var checksum = Checksum()
      checksum.add(contents)
      #expect(number(bytes, at: entry + 16, width: 4) == Int(checksum.value))
      entry += 46 + length
      return (String(decoding: name, as: UTF8.self), contents)
    }
  }

  @Test func `An archive holds each array whole`() throws {
    let model = try Model.fixture(hidden: [HiddenLayer(units: 2)])
    let folder = try TemporaryFolder()
    try model.export(to: folder.file("m.npz"), as: .npz)
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("m.npz"))))
    let arrays = try model.numpyArrays()
    let found = members(bytes)
    #expect(found.map(\.name) == arrays.map { $0.name + ".npy" })
    let isSame = found.map(\.contents) == arrays.map(\.array.npy)
    #expect(isSame)
    #expect(
      Set(found.map(\.name)).isSuperset(of: ["1.dense.weight.npy", "classes.npy", "mean.npy"]))
    try model.export(to: folder.file("again.npz"), as: .npz)
    let isRepeated = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("again.npz")))) == bytes
    #expect(isRepeated)
  }

  @Test func `A file of features holds a row for each image`() throws {
    let model = try Model.fixture(hidden: [HiddenLayer(units: 2)])
    let folder = try TemporaryFolder()
    let file = try FeatureFile(folder.file("f.npz"), of: model)
    let names = model.classes
    let outputs: [Float] = names.indices.map { Float(names.count - $0) / 8 }
    let ranked = zip(names, outputs).map { RankedClass(name: $0, probability: $1) }
    for number in 0..<3 {
      file.add(
        Prediction(path: "\(number).png", ranked: ranked.reversed(), features: [Float(number), 0.5]))
    }
    try file.commit()
    let found = members([UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("f.npz")))))
    let expected: [(name: String, array: NumPyArray)] = [
      ("features.npy", NumPyArray([0, 0.5, 1, 0.5, 2, 0.5], shape: [3, 2])),
      ("outputs.npy", NumPyArray(outputs + outputs + outputs, shape: [3, names.count])),
      ("paths.npy", NumPyArray(["0.png", "1.png", "2.png"], shape: [3])),
      ("classes.npy", NumPyArray(names, shape: [names.count])),
    ]
    #expect(found.map(\.name) == expected.map(\.name))
    #expect(found.map(\.contents) == expected.map(\.array.npy))
  }

  @Test func `An array's bytes are those that numpy writes`() {
    // These are numpy.save of numpy.array([[1, -2]], dtype="<f4") and of numpy.array(["a", "ö!"]).
    let start = Array("\u{93}NUMPY\u{1}\u{0}v\u{0}".unicodeScalars.map { UInt8($0.value) })
    func header(_ text: String) -> [UInt8] {
      start + Array((text.padding(toLength: 117, withPad: " ", startingAt: 0) + "\n").utf8)
    }
    #expect(
      NumPyArray([1, -2], shape: [1, 2]).npy
        == header("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }")
        + [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0])
    #expect(
      NumPyArray(["a", "ö!"], shape: [2]).npy
        == header("{'descr': '<U2', 'fortran_order': False, 'shape': (2,), }")
        + [0x61, 0, 0, 0, 0, 0, 0, 0, 0xF6, 0, 0, 0, 0x21, 0, 0, 0])
    #expect(
      NumPyArray([""], shape: []).npy == header("{'descr': '<U1', 'fortran_order': False, 'shape': (), }") + [
        0, 0, 0, 0,
      ])
  }

  @Test func `A safetensors export is the model and nothing of its training`() throws {
    let model = try Model.fixture(hidden: [HiddenLayer(units: 2)])
    let folder = try TemporaryFolder()
    try model.export(to: folder.file("m.safetensors"), as: .safetensors)
    let read = try Model(contentsOf: folder.file("m.safetensors"))
    #expect(read.network == model.network && read.classes == model.classes && read.recipe == model.recipe)
    let isSame = read.parameters == model.parameters
    #expect(isSame)
  }
}
