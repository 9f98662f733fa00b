import Foundation
import MillraceImages
import MillraceModels
import MillraceNetwork
import Testing
import _MillraceTestSupport

@testable import MillraceExport

/// A model as C, compiled by the system's compiler without a warning and run under its sanitizers, says of pictures what
/// `predict` says.
@Suite(.enabled(if: CCompiler.system != nil, "there is no C compiler"))
struct CExportTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func classifier(_ model: Model, named name: String = "model") throws -> CClassifier {
    let compiler = try #require(CCompiler.system)
    let path = folder.file("\(name).c")
    try model.export(to: path, as: .c)
    return try CClassifier(
      path, prefix: CIdentifier.prefix(of: name), with: compiler, ["-O1"] + compiler.sanitizers)
  }

  /// Compares the C file with `predict` over pictures of all sizes.
  private func check(_ model: Model, gap: Int = 0) throws {
    let pictures = ONNXPictureTests.sizes.enumerated().map {
      Pattern.image($0, width: $1.width, height: $1.height)
    }
    let answers = try classifier(model).classify(pictures, gap: gap)
    try #require(answers.count == pictures.count)
    var largest: Float = 0
    for (number, picture) in pictures.enumerated() {
      let path = try folder.put(ImageEncoder.png(picture), at: "\(number).png")
      let expected = try model.probabilities(ofFile: path)
      largest = max(largest, expected.map(\.magnitude).max() ?? 0)
      let limit = 1e-5 * max(1, expected.map(\.magnitude).max() ?? 1)
      for (a, b) in zip(answers[number].outputs, expected) {
        #expect(
          abs(a - b) < limit, "\(picture.width)×\(picture.height): \(answers[number].outputs), \(expected)")
      }
      #expect(expected[answers[number].best] == expected.max(), "\(picture.width)×\(picture.height)")
    }
    #expect(largest > 0.3)
  }

  @Test(arguments: [BatchNormalizationKind.none, .sync])
  func `Every activation, with and without normalisation`(normalization: BatchNormalizationKind) throws {
    let kinds = ActivationKind.allCases.map { HiddenActivation.elementwise($0) } + [.maxout(pieces: 3)]
    // The widths are no multiples of a vector's, and some are wider than one.
    let hidden = kinds.enumerated().map { HiddenLayer(units: 19 + $0 % 3, activation: $1, dropout: 0.5) }
    try check(.fixture(hidden: hidden, batchNormalization: normalization), gap: 5)
  }

  @Test(arguments: LossKind.allCases.flatMap { loss in loss.outputs.map { (loss, $0) } })
  func `Every loss and output, of a linear classifier, too`(loss: LossKind, output: OutputKind) throws {
    let hidden = loss == .hinge ? [] : [HiddenLayer(units: 9)]
    try check(.fixture(hidden: hidden, loss: loss, output: output, channels: .gray))
  }

  @Test(arguments: PictureFit.allCases, Channels.allCases)
  func `Every fit, in colour and gray`(fit: PictureFit, channels: Channels) throws {
    try check(
      .fixture(
        hidden: [HiddenLayer(units: 9)], channels: channels, size: ImageSize(width: 9, height: 6), fit: fit,
        background: [255, 204, 0], magnification: channels == .gray ? 1 : 1.7))
  }

  /// Every kernel, head and pooling is in some of these; ``NetworkStepTests`` has all that go together.
  @Test(arguments: zip([0, 5, 10, 15], [true, false, true, false]))
  func `Stems, of one network and of two`(number: Int, isNormalized: Bool) throws {
    let stem = ONNXExportTests.stems[number]
    let model = try Model.fixture(
      hidden: isNormalized ? [] : [HiddenLayer(units: 19)], batchNormalization: isNormalized ? .sync : .none,
      channels: number == 10 ? .gray : .rgb, stem: stem, size: ONNXExportTests.size(for: stem))
    try check(number == 5 ? model.joined(by: 1) : model)
  }

  @Test func `An ensemble that was calibrated`() throws {
    var model = try Model.fixture(
      hidden: [HiddenLayer(units: 9, activation: .maxout(pieces: 2)), HiddenLayer(units: 5)],
      batchNormalization: .sync
    ).joined(by: 2)
    model.temperature = 0.7
    try check(model)
  }

  @Test func `The header says all that a program needs, whatever the names are`() throws {
    let model = try Model.fixture(hidden: [HiddenLayer(units: 4)])
    let written = try model.export(to: folder.file("2nd-best.c"), as: .c)
    #expect(
      written.map { String($0.dropFirst(folder.path.count + 1)) } == [
        "2nd-best.c", "2nd-best.h", "2nd-best.c.txt",
      ])
    let header = String(decoding: try folder.bytes(of: "2nd-best.h"), as: UTF8.self)
    for part in [
      "model_2nd_best_classify(", "#define MODEL_2ND_BEST_CLASSES 3", "MODEL_2ND_BEST_WORKSPACE", "-lm",
    ] {
      #expect(header.contains(part), "\(part)")
    }
    let source = String(decoding: try folder.bytes(of: "2nd-best.c"), as: UTF8.self)
    // "dög" and the emoji byte by byte, and quotation marks.
    #expect(source.contains(#""d\303\266g""#) && source.contains(#""\360\237\230\200 \"quoted\"""#))
    #expect(try model.classNames(in: folder.file("2nd-best.c"), prefix: "model_2nd_best") == model.classes)
    for name in ["model", "model.C", ".c", "a\"b.c", "what?.c"] {
      let path = folder.file(name)
      #expect(throws: ExportError.unusableName(path: path)) { try model.export(to: path, as: .c) }
    }
  }

  @Test func `Weights that are no numbers are refused`() throws {
    let model = try Model.fixture(hidden: [])
    for bad in [Float.nan, .infinity] {
      var parameters = model.parameters
      parameters[3] = bad
      let broken = Model(
        network: model.network, classes: model.classes, preprocessing: model.preprocessing,
        parameters: parameters)
      #expect(throws: ExportError.notFinite(format: .c)) { try broken.export(to: folder.file("m.c"), as: .c) }
    }
    #expect(try folder.names().isEmpty)
  }

  @Test func `The same model gives the same file`() throws {
    let model = try Model.fixture(hidden: [HiddenLayer(units: 4)])
    try model.export(to: folder.file("m.c"), as: .c)
    let first = try folder.bytes(of: "m.c")
    var options = ExportOptions()
    #expect(throws: ExportError.exists(path: folder.file("m.c"))) {
      try model.export(to: folder.file("m.c"), as: .c, options: options)
    }
    options.replaces = true
    try model.export(to: folder.file("m.c"), as: .c, options: options)
    #expect(try folder.bytes(of: "m.c") == first)
  }
}

extension Model {
  /// The names that a C file has, as a program prints them.
  fileprivate func classNames(in source: String, prefix: String) throws -> [String] {
    let folder = try TemporaryFolder()
    let main = """
      #include "\(source.dropLast(2)).h"
      #include <stdio.h>
      int main(void) {
        int i;
        for (i = 0; i < \(prefix.uppercased())_CLASSES; i++) puts(\(prefix)_class_names[i]);
        return 0;
      }
      """
    let path = try folder.put(Array(main.utf8), at: "main.c")
    let compiler = try #require(CCompiler.system)
    let outcome = try compiler.compile([source, path], to: folder.file("names"))
    #expect(outcome.status == 0, "\(outcome.errors)")
    return try CCompiler.run(folder.file("names"), []).output.split(separator: "\n").map(String.init)
  }
}
