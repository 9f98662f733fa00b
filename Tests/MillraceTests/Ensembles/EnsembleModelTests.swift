import Foundation
import MillraceImages
import MillraceNetwork
import MillracePipeline
import Testing
import _MillraceTestSupport

@testable import MillraceModels

struct EnsembleModelTests {
  private func model(
    _ seeds: [UInt64], loss: LossKind = .crossEntropy, classes: Int = 3
  ) throws -> Model {
    var network = NetworkConfiguration(
      inputCount: 12 * 12 * 3, hidden: [HiddenLayer(units: 7)], outputCount: classes)
    network.loss = loss
    network.output = loss.outputs[0]
    return Model(
      network: network, classes: (0..<classes).map { "class\($0)" },
      preprocessing: try Preprocessing(size: ImageSize(width: 12, height: 12), channels: .rgb),
      members: seeds.map { Network(network).initialParameters(seed: $0) })
  }

  @Test func `A model of several networks is read as it was written, and one of one has today's names`()
    throws
  {
    let folder = try TemporaryFolder()
    let written = try model([1, 2, 3])
    let path = folder.file("m.safetensors")
    try written.save(to: path)
    let read = try Model(contentsOf: path)
    #expect(read.members == written.members && read.parameters == written.members[0])
    let names = try SafetensorsFile(contentsOf: path).tensors.map(\.name)
    #expect(names.contains("0.dense.weight") && names.contains("member3.0.dense.weight"))

    // The first network's tensors are those of a model by itself, and the metadata differ only in the count.
    let one = try model([1])
    try one.save(to: path)
    let file = try SafetensorsFile(contentsOf: path)
    #expect(file.metadata["millrace.members"] == nil)
    #expect(file.tensors.map(\.name) == names.filter { !$0.hasPrefix("member") })
    // A training that begins with such a file begins with its first network.
    try written.save(to: path)
    #expect(try Network(one.network).parameters(contentsOf: path) == written.members[0])
  }

  @Test func `A file that lacks a network, or counts none, is refused`() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("m.safetensors")
    for count in ["3", "0", "-1", "1000000000", "many"] {
      var file = try model([1, 2]).safetensors()
      file.metadata["millrace.members"] = count
      try file.sealed().write(to: path)
      #expect(throws: ModelFileError.self, "\(count)") { try Model(contentsOf: path) }
    }
  }

  @Test(arguments: LossKind.allCases) func `The outputs are the mean of the networks'`(loss: LossKind) throws
  {
    let images = try ImageFolder(countPerClass: 5)
    let together = try model([1, 2, 3], loss: loss)
    func outputs(_ model: Model, _ options: InferenceOptions = InferenceOptions()) throws -> [[Float]] {
      var all: [[Float]] = []
      let dataset = try Dataset.scan(images.path).labelled(by: model.classes)
      _ = try model.forEachOutcome(of: dataset, labelled: true, options: options) { outcome in
        if case .scored(_, _, let scores, _) = outcome {
          all.append(Array(UnsafeBufferPointer(start: scores, count: 3)))
        }
      }
      return all
    }
    let each = try [UInt64(1), 2, 3].map { try outputs(model([$0], loss: loss)) }
    let mean = try outputs(together)
    #expect(mean.count == 15)
    for (image, row) in mean.enumerated() {
      for (column, value) in row.enumerated() {
        let sum = each[0][image][column] + each[1][image][column] + each[2][image][column]
        #expect(value == sum / 3)
      }
    }
    // The outputs are the same for any threads, and one by one.
    var options = InferenceOptions()
    options.execution.workers = 3
    options.execution.loaders = 3
    let isSame = try outputs(together, options) == mean
    #expect(isSame)
    // Variants are averaged over the networks, too.
    options.testTimeAugmentation = TestTimeAugmentation(passes: 2, policy: .none)
    let varied = try outputs(together, options)
    #expect(zip(varied.joined(), mean.joined()).allSatisfy { abs($0 - $1) <= 1e-6 * max(1, abs($1)) })
  }

  @Test func `The cross-entropy is that of the mean, another loss the mean of the networks'`() throws {
    let images = try ImageFolder(countPerClass: 6)
    for loss in [LossKind.crossEntropy, .hinge] {
      let together = try model([4, 5], loss: loss).evaluate(images.path)
      let each = try [UInt64(4), 5].map { try model([$0], loss: loss).evaluate(images.path) }
      let mean = (each[0].loss + each[1].loss) / 2
      #expect(together.count == 18)
      if loss == .crossEntropy {
        // This follows from Jensen's inequality.
        #expect(together.loss < mean)
      } else {
        #expect(abs(together.loss - mean) < 1e-9)
      }
      #expect(Double(together.correct) / 18 == together.accuracy)
    }
  }
}
