import Foundation
import MillraceImages
import MillraceModels
import MillraceNetwork
import MillracePipeline
import MillraceRandom
import Testing
import _MillraceTestSupport

@testable import MillraceExport

/// Weights of eight bits: how far they are from what they stand for, and that C computes with them what Swift does.
struct QuantizationTests {
  @Test func `A weight is at most half a step from what it stands for`() throws {
    var random = KeyedRandom(seed: 3, purpose: .preview)
    let weights = (0..<5 * 40).map { _ in random.uniform(-2, 2) }
    let bias = (0..<5).map { _ in random.uniform(-1, 1) }
    let step = DenseStep(inputCount: 40, weights: weights, bias: bias, activation: .identity)
    let quantized = QuantizedDenseStep(step, inputs: -1...3)
    #expect(quantized.inputs.zero == 64 && abs(quantized.inputs.scale - 4 / 255) < 1e-7)
    for row in 0..<5 {
      let largest = weights[row * 40..<(row + 1) * 40].map(\.magnitude).max() ?? 0
      #expect(quantized.weights[row * 40..<(row + 1) * 40].contains { abs(Int($0)) == 127 })
      for place in row * 40..<(row + 1) * 40 {
        let weight = Float(quantized.weights[place]) * quantized.scales[row] / quantized.inputs.scale
        #expect(abs(weight - weights[place]) <= 0.501 * largest / 127)
      }
    }
    // Zero is exact: what does not respond adds nothing.
    for (a, b) in zip(quantized.run(Array(repeating: 0, count: 40)), bias) { #expect(abs(a - b) < 1e-5) }
    let input = (0..<40).map { _ in random.uniform(-1, 3) }
    for (a, b) in zip(quantized.run(input), step.run(input)) { #expect(abs(a - b) < 0.3) }
    // Beyond the range its ends count.
    let beyond = quantized.run(Array(repeating: 9, count: 40))
    for (a, b) in zip(beyond, quantized.run(Array(repeating: 3, count: 40))) { #expect(a == b) }
  }

  @Test func `A layer of zeros, and inputs that are always zero`() throws {
    let step = DenseStep(
      inputCount: 3, weights: [0, 0, 0, 1, -1, 0.5], bias: [0.25, -1], activation: .identity)
    #expect(QuantizedDenseStep(step, inputs: 0...0).run([0, 0, 0]) == [0.25, -1])
  }

  @Test func `A convolution is a layer of numbers on each window, whose border is zero`() throws {
    let layer = Convolution(
      ConvolutionShape(input: PlaneShape(channels: 2, height: 4, width: 5), channels: 3), takesPlanes: true,
      activation: .identity, normalization: .none, pooling: Pooling(.none))
    var random = KeyedRandom(seed: 3, purpose: .preview)
    let weights = (0..<3 * 18).map { _ in random.uniform(-2, 2) }
    let step = ConvolutionStep(layer, tensors: [weights, [0.25, -1, 2]])
    let quantized = step.quantized(for: -1...3)
    for (place, value) in quantized.run(Array(repeating: 0, count: 40)).enumerated() {
      #expect(abs(value - [0.25, -1, 2][place / 20]) < 1e-5)
    }
    let input = (0..<40).map { _ in random.uniform(-1, 3) }
    for (a, b) in zip(quantized.run(input), step.run(input)) { #expect(abs(a - b) < 0.3) }
  }

  @Test(
    .enabled(if: CCompiler.system != nil, "there is no C compiler"),
    arguments: [nil, ConvolutionStem(channels: [7, 9])])
  func `C computes what Swift computes, near what the network says`(stem: ConvolutionStem?) throws {
    let kinds: [HiddenActivation] = [.elementwise(.relu), .maxout(pieces: 2), .elementwise(.gelu)]
    let model = try Model.fixture(
      hidden: kinds.map { HiddenLayer(units: 21, activation: $0) }, batchNormalization: .sync, stem: stem,
      size: stem == nil ? ImageSize(width: 4, height: 3) : ImageSize(width: 9, height: 7))
    let images = try ImageFolder(classes: 3, countPerClass: 12)
    let dataset = try Dataset.scan(images.path)
    let folder = try TemporaryFolder()
    var options = ExportOptions()
    options.quantization = .int8(calibratedOn: dataset)
    try model.export(to: folder.file("small.c"), as: .c, options: options)
    let source = String(decoding: try folder.bytes(of: "small.c"), as: UTF8.self)
    #expect(source.contains("static const signed char weights_0[") && source.contains("dense_of_numbers("))
    #expect(source.contains("convolve_numbers(") == (stem != nil))
    let compiler = try #require(CCompiler.system)
    let classifier = try CClassifier(
      folder.file("small.c"), prefix: "small", with: compiler, ["-O1"] + compiler.sanitizers)

    let steps = try #require(
      try model.quantized([model.steps(of: model.parameters, format: .c)], on: dataset).first)
    let plain = try model.steps(of: model.parameters, format: .c)
    let pictures = (0..<12).map {
      ImageFolder.draw(label: $0 % 3, of: 3, number: $0, side: 12, channels: .rgb)
    }
    let answers = try classifier.classify(pictures)
    for (number, picture) in pictures.enumerated() {
      let row = try model.row(of: picture)
      var (values, exact) = (row, row)
      for step in steps { values = step.run(values) }
      for step in plain { exact = step.run(exact) }
      for (a, b) in zip(answers[number].outputs, softmax(values)) { #expect(abs(a - b) < 0.02) }
      for (a, b) in zip(softmax(values), softmax(exact)) { #expect(abs(a - b) < 0.1) }
    }
  }

  @Test func `Images must be there and readable`() throws {
    let model = try Model.fixture(hidden: [])
    let folder = try TemporaryFolder()
    _ = try folder.put([1, 2, 3], at: "images/broken.png")
    var options = ExportOptions()
    options.quantization = .int8(calibratedOn: try Dataset.unlabelled([folder.file("images")]))
    #expect(throws: DatasetError.self) { try model.export(to: folder.file("m.c"), as: .c, options: options) }
    #expect(try folder.names() == ["images"])
  }

  private func softmax(_ values: [Float]) -> [Float] {
    let terms = values.map { exp($0 - (values.max() ?? 0)) }
    return terms.map { $0 / terms.reduce(0, +) }
  }
}

extension Model {
  /// What the network is given of a picture.
  fileprivate func row(of picture: Image) throws -> [Float] {
    let executor = AugmentationExecutor(preprocessing: preprocessing)
    var row = [Float](repeating: 0, count: preprocessing.featureCount)
    picture.withView { view in
      row.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        executor.carryOut(AugmentationPlan(), on: view, into: base)
      }
    }
    return row
  }
}
