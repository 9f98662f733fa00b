import Foundation
import MillraceImages
import MillraceNetwork
import Testing
import _MillraceTestSupport

@testable import MillraceModels
@testable import MillraceTraining

/// Every setting at two values, on every base that it can be combined with: the outcome changes, or the setting
/// says why not.
struct SettingEffectTests {
  /// The settings of a run besides those of ``Bench/configuration``, and the settings that are tried with them.
  struct Base: CustomTestStringConvertible, Sendable {
    let settings: [(key: String, text: String)]
    /// The settings that are tried; nil: all that need no images of their own.
    var tried: [String]?

    init(_ settings: KeyValuePairs<String, String>, only tried: [String]? = nil) {
      self.settings = settings.map { ($0.key, $0.value) }
      self.tried = tried
    }

    var testDescription: String {
      settings.isEmpty ? "defaults" : settings.map { "\($0.key) \($0.text)" }.joined(separator: ", ")
    }
  }

  /// Two values of each setting, so that one differs from the value in a base.
  ///
  /// `$other` is another folder of images, `$parts` one with `train/` and `test/` inside, `$weights` and `$others`
  /// are files of weights for the network of the defaults.
  static let values: [String: [String]] = [
    "data": ["$other"], "labels": ["$labels"], "val": ["$other", "$odd"], "val-fraction": ["0.25", "0.4"],
    "test-fraction": ["none", "0.3"], "evaluate-test": ["false", "true"],
    "group-by": ["none", "/(.)[^/]*$"],
    "image-size": ["4", "5"],
    "channels": ["gray", "rgb"], "fit": ["crop", "stretch", "pad"], "augment": ["none", "flip"],
    "normalize": ["auto", "0.5/0.25"],
    "stem": ["conv:3;padding=1;window=1"], "hidden": ["5", "4"], "activation": ["relu", "tanh"],
    "dropout": ["0", "0.5"],
    "input-dropout": ["0.0", "0.3"], "batch-norm": ["none", "sync"], "precision": ["bf16"],
    "loss": ["cross-entropy", "hinge"],
    "output-activation": ["softmax", "sigmoid"], "init": ["he", "glorot"], "init-bias": ["0.0", "0.1"],
    "init-weights": ["$weights", "$others"], "freeze": ["0", "1"],
    "label-smoothing": ["0.0", "0.1"],
    "balance": ["none", "weights"],
    "epochs": ["3", "4"], "batch-size": ["6", "7"], "optimizer": ["momentum", "sgd"], "lr": ["0.05", "0.02"],
    "momentum": ["0.9", "0.5"], "weight-decay": ["0.0001", "0.01"], "schedule": ["cosine", "exponential"],
    "warmup-epochs": ["0.0", "1.0"], "l1": ["0.0", "0.01"], "elastic-net": ["0.0", "0.01"],
    "elastic-ratio": ["0.5", "0.2"], "max-norm": ["none", "0.1"], "clip-norm": ["none", "0.01"],
    "ema": ["none", "0.5"],
    "dsd": ["none", "sparsity=0.3;sparse-epochs=1;final-epochs=1"], "patience": ["none", "1"],
    "min-delta": ["0.0", "2.0"], "monitor": ["accuracy", "loss"], "refit": ["false", "true"],
    "calibrate": ["true", "false"],
    "shards": ["2", "3"], "seed": ["1", "2"], "max-pixels": ["100000000", "200"], "max-scans": ["100", "2"],
    "max-chunk-bytes": ["8000000", "100"], "max-file-bytes": ["268435456", "600"],
    "allow-truncated": ["false", "true"], "on-bad-file": ["skip", "fail"], "max-bad": ["50%", "0"],
    "workers": ["1", "3"], "loaders": ["1", "2"], "queue": ["4", "2"], "cache": ["4M", "off"],
    "ensemble": ["2", "3"], "folds": ["3"], "member": ["1"], "checkpoint-interval": ["5m", "1"],
    "layout": ["auto", "classes"], "background": ["black", "white"],
  ]

  /// The settings whose effect shows only where files are odd, or where validation does not agree with itself.
  private static let particular = [
    "max-pixels", "max-scans", "max-chunk-bytes", "max-file-bytes", "allow-truncated", "on-bad-file",
    "max-bad", "patience", "min-delta", "monitor", "layout", "background", "ensemble", "folds", "member",
    "labels", "group-by", "test-fraction", "evaluate-test", "fit", "calibrate",
  ]

  private static let networks: [Base] =
    [Base(["hidden": "none"])]
    + HiddenActivation.words.flatMap { activation in
      ["none", "shard", "sync"].map { Base(["activation": activation, "batch-norm": $0]) }
    }
  private static let losses: [Base] = LossKind.allCases.flatMap { loss in
    loss.outputs.map { Base(["loss": loss.rawValue, "output-activation": $0.rawValue]) }
  }
  private static let optimizers: [Base] = OptimizerKind.allCases.map { Base(["optimizer": $0.rawValue]) }
  private static let schedules = [
    "constant", "step:epochs=1", "exponential", "inverse-time", "one-cycle",
    "plateau:patience=0;improvement=0.9",
  ].map { Base(["schedule": $0]) }
  private static let others = [
    Base([:]), Base(["init-weights": "$weights"]), Base(["elastic-net": "0.01"]), Base(["ema": "0.8"]),
    Base(["dsd": "sparse-epochs=1;final-epochs=1"]), Base(["refit": "true"]), Base(["balance": "sampling"]),
    Base(["augment": "flip, mixup:0.4", "label-smoothing": "0.2", "balance": "weights"]),
    Base(["val": "$validation"]), Base(["warmup-epochs": "3"]),
    Base(["epochs": "8", "lr": "0.3", "val-fraction": "0.4"], only: ["patience"]),
    Base(
      ["epochs": "12", "patience": "1", "monitor": "loss", "lr": "0.02", "schedule": "constant"],
      only: ["min-delta"]),
    // The loss goes on falling where the share of a few images cannot go on rising.
    Base(
      ["epochs": "12", "patience": "1", "min-delta": "0.005", "lr": "0.02", "schedule": "constant"],
      only: ["monitor"]),
    Base(["data": "$odd", "max-bad": "50%"], only: particular.dropLast(14)),
    Base([:], only: ["ensemble", "folds", "member", "labels", "group-by", "test-fraction", "evaluate-test"]),
    Base(["ensemble": "2"], only: ["member"]),
    Base(["data": "$parts"], only: ["layout"]), Base(["data": "$transparent"], only: ["background"]),
    Base(["image-size": "4x6"], only: ["fit"]),
    // Few images tell no temperature; without any it cannot be asked for.
    Base(["val-fraction": "0", "monitor": "auto"], only: ["calibrate"]),
    Base(["val": "$validation", "loss": "hinge", "output-activation": "linear"], only: ["calibrate"]),
    Base(["data": "$odd", "on-bad-file": "fail"], only: ["max-bad", "on-bad-file"]),
  ]

  static let bases = networks + losses + optimizers + schedules + others

  @Test func `Every setting is tried`() {
    #expect(Set(Self.values.keys) == Set(ConfigurationSetting.all.map(\.key)))
    let everywhere = Self.values.keys.filter { !Self.particular.contains($0) }
    let tried = everywhere + Self.bases.flatMap { $0.tried ?? [] }
    #expect(Set(tried) == Set(Self.values.keys))
  }

  @Test(arguments: bases) func `Each setting acts, or says why it does not`(base: Base) throws {
    let bench = try Bench()
    let configuration = try bench.configuration(base.settings)
    let unchanged = bench.outcome(configuration)
    if base.tried == nil { #expect(unchanged.error == nil) }
    for setting in ConfigurationSetting.all {
      let key = setting.key
      guard base.tried?.contains(key) ?? !Self.particular.contains(key) else { continue }
      let values = try #require(Self.values[key])
      let text = try #require(values.map(bench.path).first { $0 != setting.value(configuration) })
      let changed = try bench.configuration(base.settings + [(key, text)])
      let reason = changed.reasonWithoutEffect(of: key)
      let isIdle = reason != nil || setting.bearing == .speed
      #expect(
        (bench.outcome(changed) == unchanged) == isIdle,
        "\(key) \(text): \(reason ?? "said to have an effect")")
    }
  }
}

/// The outcome of a run.
private struct Outcome: Equatable {
  var parameters: [UInt32] = []
  var validations: [LossSum?] = []
  var temperature = 1.0
  /// Why there is no outcome: a setting that is refused has an effect.
  var error: String?
}

/// Small runs on images of their own, which are read and decoded once.
private final class Bench {
  private let images: ImageFolder
  private let other: ImageFolder
  private let folder: TemporaryFolder
  private let shared = SharedImages()

  init() throws {
    images = try ImageFolder(countPerClass: 9)
    other = try ImageFolder(countPerClass: 7, side: 11)
    folder = try TemporaryFolder()
    // The classes have unequal sizes.
    for number in 0..<4 {
      try FileManager.default.removeItem(
        atPath: "\(images.path)/class0/\(number).\(number % 2 == 1 ? "jpg" : "png")")
    }
    let network = Network(try configuration([]).network(classes: 3))
    for (name, seed) in [("$weights", 77), ("$others", 78)] as [(String, UInt64)] {
      let values = network.initialParameters(seed: seed)
      try SafetensorsFile(
        tensors: network.parameters.map {
          .init(name: $0.name, shape: $0.description.shape, values: .float32(Array(values[$0.range])))
        }
      ).write(to: folder.file(name))
    }
  }

  /// A configuration with some settings.
  func configuration(_ settings: [(key: String, text: String)]) throws -> TrainingConfiguration {
    var configuration = TrainingConfiguration.plain(images.path)
    let small = [
      ("image-size", "4"), ("hidden", "5"), ("epochs", "3"), ("batch-size", "6"), ("lr", "0.05"),
      ("val-fraction", "0.25"), ("shards", "2"), ("ema", "none"), ("workers", "1"), ("loaders", "1"),
      ("cache", "4M"),
    ]
    for (key, text) in small + settings { try configuration.set(key, to: path(text)) }
    return configuration
  }

  /// The meaning of a value here.
  func path(_ text: String) throws -> String {
    switch text {
    case "$other", "$validation": return other.path
    case "$weights", "$others": return folder.file(text)
    case "$labels":
      let rows = (0..<3).flatMap { label in [4, 6].map { "class\(label)/\($0).png,\(label)" } }
      return try folder.put(Array("path,label\n\(rows.joined(separator: "\n"))".utf8), at: "labels.csv")
    case "$odd": return try oddFolder()
    case "$parts": return try partsFolder()
    case "$transparent": return try transparentFolder()
    default: return text
    }
  }

  /// The outcome of a configuration.
  func outcome(_ configuration: TrainingConfiguration) -> Outcome {
    var outcome = Outcome()
    do {
      if configuration.isEnsemble {
        let model = try EnsembleRun(configuration, output: nil).train().model
        outcome.parameters = model.parameters.map(\.bitPattern)
        return outcome
      }
      // The limits on an image decide what is kept of it.
      let isOdd = configuration.data == folder.file("odd")
      let run = try TrainingRun(
        configuration, output: nil, name: nil, ranks: .alone, images: isOdd ? nil : shared)
      let summary = try run.train {
        if case .epochFinished(let report) = $0 { outcome.validations.append(report.validation) }
      }
      outcome.parameters = summary.model.parameters.map(\.bitPattern)
      outcome.temperature = summary.model.temperature
    } catch {
      outcome.error = "\(error)"
    }
    return outcome
  }

  /// A folder with the same images to train on and to test on.
  private func partsFolder() throws -> String {
    let path = folder.file("parts")
    if FileManager.default.fileExists(atPath: path) { return path }
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for part in ["train", "test"] {
      try FileManager.default.copyItem(atPath: images.path, toPath: "\(path)/\(part)")
    }
    return path
  }

  /// A folder of drawings on a transparent ground, and images beside them.
  private func transparentFolder() throws -> String {
    let path = folder.file("transparent")
    if FileManager.default.fileExists(atPath: path) { return path }
    try FileManager.default.copyItem(atPath: images.path, toPath: path)
    for number in 0..<3 {
      _ = try folder.put(
        TransparentPNG.drawing(isRing: true, number: number), at: "transparent/class1/drawing\(number).png")
    }
    return path
  }

  /// A folder of images, some below and some above each limit.
  private func oddFolder() throws -> String {
    let path = folder.file("odd")
    if FileManager.default.fileExists(atPath: path) { return path }
    try FileManager.default.copyItem(atPath: images.path, toPath: path)
    let large = ImageFolder.draw(label: 1, of: 3, number: 50, side: 20, channels: .rgb)
    let jpeg = try ImageEncoder.jpeg(large, quality: 95)
    for (name, bytes) in [
      ("large.png", ImageEncoder.png(large)), ("cut.jpg", Array(jpeg.prefix(jpeg.count * 3 / 4))),
      ("scans.jpg", Array(try #require(Data(base64Encoded: Self.progressiveJPEG)))),
      ("comment.png", Array(try #require(Data(base64Encoded: Self.commentedPNG)))),
    ] {
      _ = try folder.put(bytes, at: "odd/class1/\(name)")
    }
    return path
  }

  /// 12 × 12 pixels in ten scans.
  private static let progressiveJPEG =
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxO"
    + "UlNSMj5aYVpQYEpRUk//2wBDAQ4ODhMREyYVFSZPNS01T09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09P"
    + "T09PT09PT0//wgARCAAMAAwDASIAAhEBAxEB/8QAFgABAQEAAAAAAAAAAAAAAAAAAAQF/8QAFAEBAAAAAAAAAAAAAAAAAAAAAP/a"
    + "AAwDAQACEAMQAAABmYA//8QAFhABAQEAAAAAAAAAAAAAAAAAFQAQ/9oACAEBAAEFAjY3f//EABQRAQAAAAAAAAAAAAAAAAAAAAD/"
    + "2gAIAQMBAT8Bf//EABQRAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQIBAT8Bf//EABcQAAMBAAAAAAAAAAAAAAAAAAAzohD/2gAIAQEA"
    + "Bj8CbI2d/8QAFxAAAwEAAAAAAAAAAAAAAAAAAPDxEP/aAAgBAQABPyFaFrf/2gAMAwEAAgADAAAAEPP/xAAUEQEAAAAAAAAAAAAA"
    + "AAAAAAAA/9oACAEDAQE/EH//xAAUEQEAAAAAAAAAAAAAAAAAAAAA/9oACAECAQE/EH//xAAUEAEAAAAAAAAAAAAAAAAAAAAg/9oA"
    + "CAEBAAE/EAzf/9k="
  /// 12 × 12 pixels with a comment of 162 bytes.
  private static let commentedPNG =
    "iVBORw0KGgoAAAANSUhEUgAAAAwAAAAMCAIAAADZF8uwAAAAonRFWHRrAHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4"
    + "eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4"
    + "eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHgAamhuAAAAG0lEQVR4nGNgGHyA8cSJ"
    + "EwQVMRFjEvUUDUYAALlGAmAlNr/mAAAAAElFTkSuQmCC"
}
