import Foundation
import MillraceImages
import SwiftProtobuf
import Testing
import _MillraceTestSupport

@testable import MillraceModels
@testable import MillraceReports
@testable import MillraceTraining

struct TensorBoardTests {
  /// The examples of RFC 3720, appendix B.4, and the checksum's usual check value.
  private static let published: [([UInt8], UInt32)] = [
    ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
    ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
    ([UInt8](0..<32), 0x46DD_794E),
    ([UInt8]((0..<32).reversed()), 0x113F_DB5C),
    (Array("123456789".utf8), 0xE306_9283),
    ([], 0),
  ]

  @Test(arguments: published)
  func `Checksums are those that were published`(bytes: [UInt8], checksum: UInt32) {
    #expect(CRC32C.checksum(bytes) == checksum)
  }

  @Test func `A frame is the one that TensorFlow writes`() {
    // This is the first record of any event file of TensorFlow whose time is 0: its version.
    let event = [UInt8]([0x1A, 0x0D]) + Array("brain.Event:2".utf8)
    let frame = EventFile.frame(event)
    #expect(Array(frame.prefix(8)) == [15, 0, 0, 0, 0, 0, 0, 0])
    #expect(Array(frame[12..<27]) == event && frame.count == 31)
    // The unmasking is that of the format's own header: the inverse of the rotation and the sum.
    for (range, at) in [(0..<8, 8), (12..<27, 27)] {
      let masked = (0..<4).reduce(UInt32(0)) { $0 | UInt32(frame[at + $1]) << (8 * UInt32($1)) }
      let turned = masked &- 0xA282_EAD8
      #expect((turned >> 17) | (turned << 15) == CRC32C.checksum(frame[range]))
    }
  }

  /// The events in a folder's files, in their order; each frame is checked.
  private func events(_ folder: String) throws -> [TensorBoardEvent] {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    return try names.filter { $0.hasPrefix("events.out.tfevents.") }.flatMap { name in
      var rest = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")))[...]
      var events: [TensorBoardEvent] = []
      while !rest.isEmpty {
        let length = rest.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        let event = Array(rest.dropFirst(12).prefix(length))
        let isFrame = Array(rest.prefix(16 + length)) == EventFile.frame(event)
        #expect(isFrame)
        events.append(try TensorBoardEvent(serializedBytes: event))
        rest = rest.dropFirst(16 + length)
      }
      return events
    }
  }

  @Test func `An epoch is scalars and histograms, and a resumed run goes on in a new file`() throws {
    let folder = try TemporaryFolder()
    var report = EpochReport.sample(epoch: 0)
    report.statistics = NetworkStatistics(
      gradientNorm: 0.125,
      weights: [
        WeightStatistics(
          name: "0.dense.weight", count: 4, range: -1...3, mean: 2, deviation: 1, zeros: 0.25,
          gradientNorm: 1,
          histogram: [1, 3], gradientRange: 0.5...0.5,
          gradientHistogram: [4, 0])
      ], rectified: [])
    let log = TensorBoardLog()
    try log.receive(.started(.sample(folder: folder.path)))
    let picture = Image(width: 2, height: 1, channels: .gray, pixels: [0, 255])
    try log.receive(.samplesDrawn([TrainingSample(path: "a", label: 0, picture: picture)]))
    for _ in 0..<2 { try log.receive(.epochFinished(report)) }
    // Events after the checkpoint will come again.
    var start = TrainingStart.sample(folder: folder.path)
    start.epochsTold = 1
    let second = TensorBoardLog()
    try second.receive(.started(start))
    try second.receive(.epochFinished(report))

    let events = try events(folder.path)
    #expect(events.filter { $0.fileVersion == "brain.Event:2" }.count == 2)
    let losses = events.filter { $0.summary.value.contains { $0.tag == "loss/train" } }
    #expect(losses.map(\.step) == [1, 2, 2])
    #expect(events.filter { $0.sessionLog.status == .start }.map(\.step) == [2])

    let sheets = events.flatMap(\.summary.value).filter { $0.tag == "images/training" }.map(\.image)
    // There are two pixels, each enlarged 32 times, with a gap of 4 around them.
    #expect(sheets.map(\.width) == [72] && sheets.map(\.height) == [40] && sheets.map(\.colorspace) == [1])
    #expect(sheets[0].encodedImageString.starts(with: [0xFF, 0xD8]))

    let values = Dictionary(
      uniqueKeysWithValues: try #require(losses.first).summary.value.map { ($0.tag, $0) })
    #expect(
      values["loss/train"]?.simpleValue == 0.31234 && values["accuracy/validation"]?.simpleValue == 0.921)
    let weights = try #require(values["weights/0.dense.weight"]?.histo)
    #expect(weights.bucketLimit == [1, 3] && weights.bucket == [1, 3] && weights.min == -1)
    // The middles of the bins are 0 and 2.
    #expect(weights.num == 4 && weights.sum == 6 && weights.sumSquares == 12)
    let gradients = try #require(values["gradients/0.dense.weight"]?.histo)
    #expect(gradients.bucketLimit == [0.5] && gradients.bucket == [4])
  }

  @Test func `The configuration is a table and a set of hyperparameters`() throws {
    let folder = try TemporaryFolder()
    let log = TensorBoardLog()
    var start = TrainingStart.sample(folder: folder.path)
    start.configuration.augment = try AugmentationPolicy(parsing: "oneof(rotate:20 | shear:15)")
    try log.receive(.started(start))
    let values = try events(folder.path).flatMap(\.summary.value)
    let text = try #require(values.first { $0.metadata.pluginData.pluginName == "text" })
    let table = String(decoding: text.tensor.stringVal[0], as: UTF8.self)
    #expect(table.contains("| batch-size | 128 |") && table.contains(" \\| shear"))
    let hparams = try #require(values.first { $0.tag == "_hparams_/session_start_info" })
    let data = try TensorBoardHParamsPluginData(serializedBytes: hparams.metadata.pluginData.content)
    #expect(data.sessionStartInfo.hparams["batch-size"]?.numberValue == 128)
    #expect(data.sessionStartInfo.hparams["activation"]?.stringValue == "relu")
    #expect(data.sessionStartInfo.hparams["workers"] == nil)
  }

  @Test func `A run without a folder writes nothing`() throws {
    let log = TensorBoardLog()
    try log.receive(.started(.sample(folder: nil)))
    try log.receive(.epochFinished(.sample()))
  }
}
