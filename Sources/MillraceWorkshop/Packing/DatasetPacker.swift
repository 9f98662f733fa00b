import Foundation
import MillraceImages
import MillraceModels
public import MillracePipeline
import MillraceThreads
public import MillraceTraining
import Synchronization

/// Packs a folder of images into one file, which every command takes in the folder's place.
///
/// The file holds the images in the order of the data set, then an index of their names and checksums. Its
/// bytes are the same for any number of threads. It is whole or absent.
public struct DatasetPacker: Sendable {
  /// What is packed of each image (`--pixels`).
  public enum Contents: Sendable {
    /// The files as they are: good for every setting.
    case files
    /// Decoded pixels, as large as the configuration's image size and augmentation need them: nothing is left
    /// to decode.
    case pixels
  }

  /// The result of packing.
  public struct Outcome: Sendable {
    /// The packed file.
    public let path: String
    /// The number of images in the file, including those that cannot be used.
    public let images: Int
    /// The size of the file, in bytes.
    public let bytes: Int
    /// Files that cannot be used: they are packed, too, and cannot be used there either.
    public let bad: [SkippedSample]
  }

  /// The folder, and the settings for which pixels are packed.
  public let configuration: TrainingConfiguration
  /// What is packed of each image.
  public var contents = Contents.files
  /// Whether a packed file of this name may be replaced.
  public var replaces = false

  /// The number of samples that are packed side by side before they are written.
  private static let samplesPerWindow = 64

  /// Describes what to pack.
  public init(_ configuration: TrainingConfiguration) {
    self.configuration = configuration
  }

  /// Reads every image and writes the file.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - progress: Is called on this thread with the number of images done and that of all. An error that it
  ///     throws ends the packing.
  /// - Throws: `ConfigurationError`, `DatasetError`, `FileError`, `OutOfDescriptors`, or what `progress`
  ///   throws.
  public func write(
    to path: String, progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws -> Outcome {
    try configuration.validate()
    let folders = try TrainingFolders(configuration)
    let tree = folders.tree
    let parts = [tree.training] + (tree.validation.map { [$0] } ?? [])
    for part in parts { try part.requireTree() }
    try checkPlace(path, outside: parts)
    var file = try DurableFile(replacing: path)

    let (contents, packedFor) = try packContents(of: folders)
    var index = PackIndexBuilder(
      source: absolute(configuration.data), packedFor: packedFor, contents: contents,
      classes: tree.training.classes, partCount: parts.count)
    let total = parts.reduce(0) { $0 + $1.count }
    let team = try WorkerTeam(count: min(configuration.execution.resolvedLoaders, total), name: "packer")
    defer { team.shutdown() }
    try file.write(PackIndexBuilder.start)
    var bytes = PackIndexBuilder.start.count
    var bad: [SkippedSample] = []
    var done = 0
    for (number, part) in parts.enumerated() {
      index.beginPart()
      let window = PackingWindow(
        dataset: part, contents: contents, reading: configuration.reading, capacity: Self.samplesPerWindow,
        threads: team.count)
      for first in stride(from: 0, to: part.count, by: Self.samplesPerWindow) {
        let samples = first..<min(first + Self.samplesPerWindow, part.count)
        for (sample, packed) in zip(samples, try window.pack(samples, team: team)) {
          try file.write(packed.bytes)
          index.add(packed, sample: sample, of: part, part: number)
          bytes += packed.bytes.count
          if let problem = packed.problem {
            bad.append(SkippedSample(sample: sample, path: part.path(of: sample), reason: problem))
          }
        }
        done += samples.count
        try progress(done, total)
      }
    }
    let end = index.end()
    try file.write(end)
    try file.commit()
    return Outcome(path: path, images: total, bytes: bytes + end.count, bad: bad)
  }

  /// A packed file may be replaced if that was asked for; nothing else ever is, and nothing is written into
  /// the data set.
  private func checkPlace(_ path: String, outside parts: [Dataset]) throws(FileError) {
    if FileManager.default.fileExists(atPath: path) {
      guard replaces, Dataset.isPacked(path) else { throw .alreadyExists(path: path) }
    }
    try requireOutside(path, roots: configuration.imageRoots, datasets: parts)
  }

  /// What is packed, and the flags that decide its pixels.
  private func packContents(of folders: TrainingFolders) throws -> (PackContents, packedFor: String) {
    switch contents {
    case .files: return (.files, "")
    case .pixels:
      let chosen = try configuration.chosen(for: TrainingData(configuration, of: folders))
      let preprocessing = try chosen.preprocessing()
      let keys = ConfigurationSetting.keys { $0.reach.contains(.decoding) }
      let flags = chosen.resolvedSettings.filter { keys.contains($0.key) }
        .map { "--\($0.key) \($0.text.contains(" ") ? "\"\($0.text)\"" : $0.text)" }
      return (.pixels(chosen.loading(preprocessing).canonicalForm), flags.joined(separator: " "))
    }
  }

  private func absolute(_ path: String) -> String {
    URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
  }
}

/// Packs some samples at once, on all threads.
///
/// - Note: `@unchecked Sendable` holds because the thread that has claimed a place in `results` writes it,
///   and nobody reads it before all threads have finished; each packer belongs to one thread.
private final class PackingWindow: @unchecked Sendable {
  private let packers: [SamplePacker]
  private var results: UnsafeMutableBufferPointer<PackedSample?>
  private let claimed = Atomic(0)

  init(dataset: Dataset, contents: PackContents, reading: ReadingOptions, capacity: Int, threads: Int) {
    let directories = ImageInspector.SharedDirectories(dataset)
    packers = (0..<threads).map { _ in
      SamplePacker(
        dataset: dataset, contents: contents, directories: directories, limits: reading.decodeLimits,
        maxFileBytes: reading.maxFileBytes)
    }
    results = .allocate(capacity: capacity)
    results.initialize(repeating: nil)
  }

  deinit {
    results.deinitialize()
    results.deallocate()
  }

  /// Packs samples and returns them in their order.
  func pack(_ samples: Range<Int>, team: WorkerTeam) throws -> [PackedSample] {
    claimed.store(0, ordering: .relaxed)
    try team.run { worker in
      while true {
        let place = self.claimed.add(1, ordering: .relaxed).oldValue
        guard place < samples.count else { return }
        self.results[place] = try self.packers[worker].pack(samples.lowerBound + place)
      }
    }
    return results[..<samples.count].compactMap { $0 }
  }
}
