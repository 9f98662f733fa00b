import Foundation
import MillraceModels
import MillraceTraining
import Testing
import _MillraceTestSupport

/// What a resume does about damage, and what it refuses.
struct ResumeRefusalTests {
  /// A run that was stopped in its second epoch, with a last and a previous checkpoint, and the model that it
  /// should become.
  private let bench: ResumeBench
  private let folder: RunFolder
  private let whole: Data

  init() throws {
    bench = try ResumeBench()
    let configuration = try ResumeCase.everythingRandom.configuration(bench.images)
    try bench.train(configuration, "whole")
    try bench.train(configuration, "run", StopInEpoch(1))
    folder = bench.folder("run")
    whole = try bench.model("whole")
  }

  private func flip(_ path: String, at share: Double) throws {
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    bytes[Int(share * Double(bytes.count - 1))] ^= 0x10
    try bytes.write(to: URL(fileURLWithPath: path))
  }

  /// The notices of a resume, and whether its model is the right one.
  private func resume() throws -> (notices: [String], isSame: Bool) {
    let notices = try bench.resume("run").compactMap { event in
      if case .notice(let text) = event { text } else { nil }
    }
    return (notices, try bench.model("run") == whole)
  }

  @Test(arguments: [0.01, 0.3, 0.7, 1])
  func `A damaged last falls back to the previous one, and both are named`(place: Double) throws {
    try flip(folder.lastCheckpoint, at: place)
    // Until a whole checkpoint replaces the damaged one, the damaged one must not become the previous one.
    try bench.resume("run", StopInEpoch(1))
    let (notices, isSame) = try resume()
    #expect(isSame)
    #expect(notices.isEmpty, "\(notices)")
  }

  @Test func `The message names what is damaged and what is taken instead`() throws {
    try flip(folder.lastCheckpoint, at: 0.9)
    let (notices, isSame) = try resume()
    #expect(isSame)
    #expect(
      notices.count == 1 && notices[0].contains("\(folder.lastCheckpoint) is damaged")
        && notices[0].contains("going on from \(folder.previousCheckpoint)"), "\(notices)")
  }

  @Test func `A missing last falls back, too, and without any checkpoint a run begins anew`() throws {
    try FileManager.default.removeItem(atPath: folder.lastCheckpoint)
    #expect(try resume().isSame)
    for path in [folder.lastCheckpoint, folder.previousCheckpoint, folder.model] {
      try FileManager.default.removeItem(atPath: path)
    }
    let (notices, isSame) = try resume()
    #expect(isSame && notices.count == 1 && notices[0].contains("begins again"), "\(notices)")
  }

  @Test func `Two damaged checkpoints are named both`() throws {
    try flip(folder.lastCheckpoint, at: 0.9)
    try flip(folder.previousCheckpoint, at: 0.5)
    let error = #expect(throws: ResumeError.self) { try TrainingRun(resuming: folder.path) }
    let text = error?.description ?? ""
    #expect(text.contains(folder.lastCheckpoint) && text.contains(folder.previousCheckpoint), "\(text)")
  }

  @Test func `What a crash has left of a write is removed`() throws {
    for name in ["checkpoints/.last.safetensors.tmp-0", ".model.safetensors.tmp-0"] {
      try Data("half".utf8).write(to: URL(fileURLWithPath: "\(folder.path)/\(name)"))
    }
    #expect(try resume().isSame)
    let left = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
    #expect(!left.contains { $0.contains(".tmp-") }, "\(left)")
  }

  @Test(arguments: ["add", "remove", "rename", "class"])
  func `Changed images are refused`(change: String) throws {
    let (image, files) = ("\(bench.images.path)/class0/0.png", FileManager.default)
    switch change {
    case "add": try files.copyItem(atPath: image, toPath: "\(bench.images.path)/class0/99.png")
    case "remove": try files.removeItem(atPath: image)
    case "rename": try files.moveItem(atPath: image, toPath: "\(bench.images.path)/class0/00.png")
    default: try files.moveItem(atPath: "\(bench.images.path)/class2", toPath: "\(bench.images.path)/new")
    }
    let error = #expect(throws: ResumeError.self) { try TrainingRun(resuming: folder.path) }
    guard case .dataDiffers = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(error?.description.contains(bench.images.path) == true)
  }

  @Test func `Images elsewhere are the same images`() throws {
    let place = try TemporaryFolder()
    try FileManager.default.copyItem(atPath: bench.images.path, toPath: place.file("images"))
    try TrainingRun(resuming: folder.path) { $0.data = place.file("images") }.train()
    #expect(try bench.model("run") == whole)
  }

  @Test func `Every setting that would change the result is refused by name`() throws {
    let error = #expect(throws: ResumeError.self) {
      try TrainingRun(resuming: folder.path) { configuration in
        configuration.optimization.epochs = 9
        configuration.seed = 2
        configuration.execution.workers = 5
      }
    }
    guard case .settingsDiffer(_, let differences) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(differences.map { "\($0.key): \($0.was) → \($0.now)" } == ["epochs: 3 → 9", "seed: 1 → 2"])
  }

  @Test func `A finished run says so`() throws {
    try TrainingRun(resuming: folder.path).train()
    let error = #expect(throws: ResumeError.self) { try TrainingRun(resuming: folder.path) }
    #expect(error == .finished(path: folder.path, model: folder.model, canGoOn: false))
  }

  @Test func `A run that another process is training is left alone`() throws {
    let run = try TrainingRun(resuming: folder.path)
    #expect(throws: ResumeError.inUse(path: folder.path)) { try TrainingRun(resuming: folder.path) }
    try run.train()
  }

  @Test func `A folder without a run is refused`() throws {
    let folder = try TemporaryFolder()
    for path in [folder.path, folder.file("nothing")] {
      #expect(throws: ResumeError.noRun(path: path)) { try TrainingRun(resuming: path) }
    }
  }
}
