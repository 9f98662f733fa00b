public import MillraceImages
import MillraceRandom
import MillraceThreads

/// Reads, decodes and augments single images. One for each thread: it owns the memory it works in, and
/// allocates none once it has seen the largest image.
public final class ImageLoader: RowLoader {
  /// Where the images are.
  public let dataset: Dataset
  /// What becomes of them.
  public let loading: ImageLoading
  /// What was drawn for the image that was loaded last.
  public private(set) var lastPlan = AugmentationPlan()
  /// The decoder's report on the image that was loaded last.
  public var lastReport: DecodeReport { decoder.lastReport }
  /// Whether the decoder complained of the image that was loaded last.
  public var lastHadWarnings: Bool { lastReport.warnings > 0 }

  private let directories: OpenDirectories
  private let reader: FileReader
  private let decoder: ImageDecoder
  private let executor: AugmentationExecutor
  private let decodedSize: ImageSize
  private var times = StageTimes()

  /// Makes a loader for one thread.
  public convenience init(dataset: Dataset, loading: ImageLoading) {
    self.init(dataset: dataset, loading: loading, directories: OpenDirectories(dataset))
  }

  /// Makes a loader that shares open directories with others.
  init(dataset: Dataset, loading: ImageLoading, directories: OpenDirectories) {
    self.dataset = dataset
    self.loading = loading
    self.directories = directories
    reader = FileReader(maxBytes: loading.maxFileBytes)
    decoder = ImageDecoder(limits: loading.limits, background: loading.preprocessing.background)
    executor = AugmentationExecutor(preprocessing: loading.preprocessing)
    executor.measuresStages = loading.measuresStages
    decodedSize = loading.decodedSize
  }

  /// Loads a sample's image and label.
  ///
  /// - Throws: ``BadSample`` for a file that cannot be read or is no image; ``OutOfDescriptors`` if it is not
  ///   the file's fault.
  public func load(sample: Int, epoch: Int, into row: MinibatchRow) throws {
    try load(sample: sample, epoch: epoch, into: row.features)
    row.label.pointee = Int32(truncatingIfNeeded: dataset.label(of: sample))
  }

  /// Loads a sample's image alone.
  ///
  /// - Parameter features: Takes `loading.preprocessing.featureCount` values: normalised planes of channels.
  public func load(sample: Int, epoch: Int, into features: UnsafeMutablePointer<Float>) throws {
    var clock = StageClock(isOn: loading.measuresStages)
    let bytes = try read(sample)
    clock.lap(&times.read)
    let image: ImageView
    do {
      image = try decoder.decode(bytes, channels: loading.preprocessing.channels, atLeast: decodedSize)
    } catch {
      throw bad(sample, error.description)
    }
    clock.lap(&times.decode)
    var random = KeyedRandom(
      seed: loading.seed, purpose: .augmentation, epoch: epoch, sample: dataset.drawKey(of: sample))
    loading.policy.draw(using: &random, source: decoder.lastReport.originalSize, into: &lastPlan)
    clock.lap(&times.draw)
    executor.carryOut(lastPlan, on: image, decoded: decoder.lastReport, into: features)
    times.samples += 1
  }

  /// How long the stages took so far; only the samples are counted unless `loading.measuresStages`.
  public var stageTimes: StageTimes {
    var times = times
    times.geometry = executor.stageTimes.geometry
    times.color = executor.stageTimes.color
    times.local = executor.stageTimes.local
    return times
  }

  private func read(_ sample: Int) throws -> UnsafeRawBufferPointer {
    do throws(FileReader.Failure) {
      return try reader.read(sample, of: dataset, in: directories)
    } catch {
      if let system = error.shortage {
        throw OutOfDescriptors(path: dataset.path(of: sample), reason: system.reason)
      }
      throw bad(sample, error.reason)
    }
  }

  private func bad(_ sample: Int, _ reason: String) -> BadSample {
    BadSample(path: dataset.path(of: sample), reason: reason)
  }
}

/// A file could not be opened for want of descriptors or memory: the file is not to blame, so it is not
/// skipped.
public struct OutOfDescriptors: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file.
  public let path: String
  /// The system's words.
  public let reason: String

  /// One line.
  public var description: String {
    "\(path): cannot be opened: \(reason); raise the limit on open files (ulimit -n), or use fewer loaders"
  }
}

/// Reads the clock between stages, or does nothing.
private struct StageClock {
  private let isOn: Bool
  private var last: UInt64

  init(isOn: Bool) {
    self.isOn = isOn
    last = isOn ? MonotonicClock.now() : 0
  }

  @inline(__always)
  mutating func lap(_ total: inout UInt64) {
    guard isOn else { return }
    let now = MonotonicClock.now()
    total &+= now &- last
    last = now
  }
}
