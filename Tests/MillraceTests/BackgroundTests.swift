import Foundation
import MillraceImages
import Testing
import _MillraceTestSupport

@testable import MillraceModels
@testable import MillraceTraining
@testable import MillraceWorkshop

/// What is behind transparent images.
struct BackgroundTests {
  private let folder: TemporaryFolder

  /// Two classes of black drawings on a transparent ground.
  init() throws {
    folder = try TemporaryFolder()
    try draw(level: 0)
  }

  private func draw(level: UInt8) throws {
    for (name, isRing) in [("cross", false), ("ring", true)] {
      for number in 0..<9 {
        try put(TransparentPNG.drawing(isRing: isRing, number: number, level: level), "\(name)/\(number).png")
      }
    }
  }

  private func put(_ bytes: [UInt8], _ name: String) throws {
    let file = URL(fileURLWithPath: folder.file(name))
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
  }

  private func configuration(_ background: String?) throws -> TrainingConfiguration {
    var configuration = TrainingConfiguration(data: folder.path)
    configuration.imageSize = ImageSize(width: 12, height: 12)
    configuration.hidden = [8]
    configuration.optimization.epochs = 1
    if let background { try configuration.set("background", to: background) }
    return configuration
  }

  /// A run's notices about transparent images.
  private func notices(_ background: String?) throws -> [String] {
    var notices: [String] = []
    try TrainingRun(configuration(background), output: nil).train { event in
      if case .notice(let text) = event, text.contains("transparent") { notices.append(text) }
    }
    return notices
  }

  @Test func `Drawings that are lost on the background are told by training and by check alike`() throws {
    let told = try notices(nil)
    #expect(told.count == 1 && told[0].hasPrefix("classes 'cross', 'ring': "))
    #expect(told[0].contains("background, which is black") && told[0].contains("white"))
    #expect(try notices("white").isEmpty)

    let report = try DatasetCheck(configuration(nil)).run()
    #expect(report.findings[.lostOnBackground]?.count == 18 && report.findings[.transparent]?.count == 18)
    #expect(report.findings[.lostOnBackground]?[0].detail == "100 %")
    #expect(report.notices == [told[0].replacing("16 of 16", with: "18 of 18")])
    let white = try DatasetCheck(configuration("white")).run()
    #expect(white.findings[.lostOnBackground] == nil && white.notices.isEmpty)
    #expect(white.findings[.transparent]?.count == 18)

    // The roles are exchanged.
    try draw(level: 255)
    #expect(try notices(nil).isEmpty && notices("#fff").count == 1)
  }

  @Test func `One class of few lost images is told, and of many is not`() throws {
    for number in 0..<4 {
      try put(TransparentPNG.drawing(isRing: true, number: number, level: 255), "ring/\(number).png")
    }
    var report = try DatasetCheck(configuration(nil)).run()
    #expect(report.notices.count == 1 && report.notices[0].hasPrefix("classes 'cross', 'ring': 14 of 18"))
    try put(TransparentPNG.drawing(isRing: true, number: 4, level: 255), "ring/4.png")
    report = try DatasetCheck(configuration(nil)).run()
    #expect(report.notices.count == 1 && report.notices[0].hasPrefix("class 'cross': 9 of 9"))
    // Images without transparency are never lost.
    let black = Image(width: 24, height: 24, channels: .gray, pixels: Array(repeating: 0, count: 576))
    for number in 0..<9 { try put(ImageEncoder.png(black), "cross/\(number).png") }
    report = try DatasetCheck(configuration(nil)).run()
    #expect(report.notices.isEmpty && report.findings[.lostOnBackground]?.count == 4)
  }

  @Test func `A model keeps its background, and sees images over it`() throws {
    let output = try TemporaryFolder()
    let summary = try TrainingRun(configuration("255,204,0"), output: output.path).train()
    let model = try Model(contentsOf: #require(summary.modelPath))
    #expect(model.preprocessing.background == [255, 204, 0])
    #expect(try TrainingRun(configuration(nil), output: nil).train().model.preprocessing.background == .zero)
    // The measured mean is that of the images over the background: far more red than blue.
    let mean = model.preprocessing.normalization.mean
    #expect(mean[0] > 0.5 && mean[1] > 0.4 && mean[2] < 0.2)
    let text = try String(contentsOfFile: #require(summary.folder) + "/config.yaml", encoding: .utf8)
    #expect(text.contains("background: \"#ffcc00\"") || text.contains("background: '#ffcc00'"))
    var again = TrainingConfiguration(data: "")
    try ConfigurationFile.apply(text, path: "config.yaml", to: &again)
    #expect(again.background == RGBColor(red: 255, green: 204, blue: 0))
    // A picture that was drawn over the same colour by hand gets the same answer.
    let side = 24
    let drawing = TransparentPNG.drawing(isRing: true, number: 2)
    let decoder = ImageDecoder(background: [255, 204, 0])
    let flat = try drawing.withUnsafeBytes { bytes in
      let view = try decoder.decode(bytes, channels: .rgb)
      return Image(
        width: side, height: side, channels: .rgb,
        pixels: Array(UnsafeBufferPointer(start: view.base, count: 3 * side * side)))
    }
    try Data(ImageEncoder.png(flat)).write(to: URL(fileURLWithPath: output.file("flat.png")))
    let answers = try model.predict(["\(folder.path)/ring/2.png", output.file("flat.png")], topK: 2).map(
      \.ranked)
    #expect(answers[0] == answers[1])
  }

  @Test func `A pack of pixels holds images over its background`() throws {
    let output = try TemporaryFolder()
    var packer = DatasetPacker(try configuration("white"))
    packer.contents = .pixels
    let path = output.file("white.pack")
    _ = try packer.write(to: path)
    let direct = try TrainingRun(configuration("white"), output: nil).train().model
    var packed = try configuration("white")
    packed.data = path
    #expect(try TrainingRun(packed, output: nil).train().model.parameters == direct.parameters)
    packed.background = .black
    let error = #expect(throws: (any Error).self) { try TrainingRun(packed, output: nil).train() }
    #expect("\(try #require(error))".contains("the background black"))
  }

  @Test(arguments: [("whit", "white"), ("#12345", "#ffcc00"), ("1,2,300", "255,204,0")])
  func `What is no colour says what would be one`(text: String, hint: String) throws {
    var configuration = TrainingConfiguration(data: "")
    let error = #expect(throws: ConfigurationError.self) { try configuration.set("background", to: text) }
    #expect(error?.setting == "background" && error?.description.contains(hint) == true)
  }
}
