import Foundation
import Millrace
import Testing
import _MillraceTestSupport

struct ModelFileTests {
  private func model() throws -> Model {
    let network = NetworkConfiguration(
      inputCount: 12, hidden: [HiddenLayer(units: 5, dropout: 0.25)], outputCount: 2)
    return Model(
      network: network, classes: ["cat", "dög"],
      preprocessing: try Preprocessing(size: ImageSize(width: 2, height: 2), channels: .rgb),
      parameters: Network(network).initialParameters(seed: 1))
  }

  @Test func `A model is read as it was written`() throws {
    let folder = try TemporaryFolder()
    let written = try model()
    try written.save(to: folder.path + "/m.safetensors")
    let read = try Model(contentsOf: folder.path + "/m.safetensors")
    #expect(read.network == written.network)
    #expect(read.classes == written.classes)
    #expect(read.preprocessing == written.preprocessing)
    #expect(read.parameters == written.parameters)
  }

  @Test func `A checkpoint is read as it was written, and is a model file`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/c.safetensors"
    let model = try model()
    let vectors = ["parameters": model.parameters, "optimizer.velocity": model.parameters.map { $0 * 2 }]
    try Checkpoint(model: model, vectors: vectors, stepsDone: 42, epochsDone: 3).save(to: path)
    let read = try Checkpoint(contentsOf: path)
    #expect(read.stepsDone == 42)
    #expect(read.epochsDone == 3)
    #expect(read.vectors == vectors)
    #expect(try Model(contentsOf: path).parameters == model.parameters)
  }

  @Test func `A model file cut short anywhere is refused`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/m.safetensors"
    try model().save(to: path)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    for count in stride(from: 0, to: bytes.count, by: 7) {
      try bytes.prefix(count).write(to: URL(fileURLWithPath: path))
      #expect(throws: ModelFileError.self) { try Model(contentsOf: path) }
    }
  }
}
