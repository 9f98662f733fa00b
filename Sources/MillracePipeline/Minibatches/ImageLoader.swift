package import MillraceImages
import MillraceRandom
import MillraceThreads

/// Reads, decodes and augments single images. Each thread needs its own: a loader owns the memory that it works in,
/// and allocates no more once it has seen the largest image.
package final class ImageLoader: RowLoader {
  /// The images.
  package let dataset: Dataset
  /// How the images become rows.
  package let loading: ImageLoading
  /// What was drawn for the image that was loaded last.
  package private(set) var lastPlan = AugmentationPlan()
  /// How the image that was loaded last was decoded.
  package private(set) var lastReport: DecodeReport
  /// Whether the decoder complained of the image that was loaded last.
  package var lastHadWarnings: Bool { lastReport.warnings > 0 }

  private let directories: OpenDirectories
  private let reader: FileReader
  private let decoder: ImageDecoder
  private let executor: AugmentationExecutor
  private let cache: ImageCache?
  private let form: CanonicalForm
  private var times = StageTimes()

  /// Makes a loader for one thread.
  package convenience init(dataset: Dataset, loading: ImageLoading, cache: ImageCache? = nil) {
    self.init(dataset: dataset, loading: loading, cache: cache, directories: OpenDirectories(dataset))
  }

  /// Makes a loader that shares open directories with others.
  init(dataset: Dataset, loading: ImageLoading, cache: ImageCache?, directories: OpenDirectories) {
    if let cache {
      precondition(
        cache.holds(dataset, in: loading.canonicalForm),
        "a loader's cache must be of its data set and of its loading's canonical form")
    }
    self.dataset = dataset
    self.cache = cache
    self.loading = loading
    self.directories = directories
    reader = FileReader(maxBytes: loading.maxFileBytes)
    decoder = ImageDecoder(limits: loading.limits, background: loading.preprocessing.background)
    executor = AugmentationExecutor(preprocessing: loading.preprocessing)
    if loading.measuresStages { executor.clock = { MonotonicClock.now() } }
    form = loading.canonicalForm
    lastReport = decoder.lastReport
  }

  /// Loads a sample's image, label and weight.
  ///
  /// - Throws: ``BadSample`` for a file that cannot be read or is not an image; `OutOfDescriptors` if the file is
  ///   not to blame.
  package func load(sample: Int, turn: Int, epoch: Int, into row: MinibatchRow) throws {
    try load(sample: sample, turn: turn, epoch: epoch, into: row.features)
    row.label.pointee = Int32(truncatingIfNeeded: dataset.label(of: sample))
    row.weight.pointee = dataset.weight(of: sample)
  }

  /// Loads only a sample's image.
  ///
  /// - Parameters:
  ///   - sample: The sample's index in its data set.
  ///   - turn: How often the epoch has visited the sample before: each visit has its own draw.
  ///   - epoch: The epoch, which decides the draw.
  ///   - features: Gets `loading.preprocessing.featureCount` values: normalised planes of channels.
  package func load(
    sample: Int, turn: Int = 0, epoch: Int, into features: UnsafeMutablePointer<Float>
  ) throws {
    var clock = StageClock(isOn: loading.measuresStages)
    let image = try canonicalImage(of: sample, &clock)
    lastReport = image.report
    let random = KeyedRandom(
      seed: loading.seed, purpose: loading.purpose == .testTime ? .testTimeAugmentation : .augmentation,
      epoch: epoch, sample: dataset.drawKey(of: sample, for: loading.purpose), turn: turn)
    loading.policy.draw(
      from: random, source: lastReport.originalSize, output: loading.preprocessing.size,
      fit: loading.preprocessing.fit, into: &lastPlan)
    clock.lap(&times.draw)
    executor.carryOut(lastPlan, on: image.pixels, decoded: lastReport, into: features)
    times.samples += 1
  }

  /// The time that the stages took so far; only the samples are counted unless `loading.measuresStages`.
  package var stageTimes: StageTimes {
    var times = times
    times.geometry = executor.stageTimes.geometry
    times.color = executor.stageTimes.color
    times.local = executor.stageTimes.local
    return times
  }

  /// A sample's image before anything is drawn: taken from the cache, or decoded and then kept there.
  private func canonicalImage(of sample: Int, _ clock: inout StageClock) throws -> CanonicalImage {
    let file = dataset.file(of: sample)
    if let cached = cache?.image(ofFile: file) {
      clock.lap(&times.read)
      return cached
    }
    if let packed = try packedImage(sample) {
      clock.lap(&times.read)
      return packed
    }
    let bytes = try read(sample)
    clock.lap(&times.read)
    let pixels: ImageView
    do {
      pixels = try decoder.decode(bytes, channels: form.channels, atLeast: form.atLeast)
    } catch {
      throw bad(sample, error.description)
    }
    let image = CanonicalImage(pixels: pixels, report: decoder.lastReport)
    cache?.keep(image, ofFile: file)
    clock.lap(&times.decode)
    return image
  }

  /// A sample that is packed as pixels, which are as good as cached.
  private func packedImage(_ sample: Int) throws -> CanonicalImage? {
    guard let (pack, number) = dataset.packed(sample),
      let report = pack.report(of: number, for: form)
    else { return nil }
    try requireLimits(sample, size: report.originalSize, format: report.format)
    try requireLimits(sample, fileBytes: Int(clamping: pack.index.records[number].sourceSize))
    let bytes = try reading(sample) { () throws(FileReader.Failure) in
      try reader.readRecord(number, of: pack)
    }
    // An image has at least one pixel, so there is a base address.
    let base = bytes.baseAddress!.assumingMemoryBound(to: UInt8.self)
    let size = report.originalSize.reduced(by: report.reduction)
    return CanonicalImage(
      pixels: ImageView(base: base, width: size.width, height: size.height, channels: form.channels),
      report: report)
  }

  /// Refuses a sample's pixels for the same reasons for which its file would be refused.
  private func requireLimits(_ sample: Int, size: ImageSize, format: ImageFormat) throws {
    let limit = form.limits.maxPixels
    guard size.width * size.height > limit else { return }
    throw bad(sample, ImageError.tooManyPixels(format, size: size, limit: limit).description)
  }

  private func requireLimits(_ sample: Int, fileBytes: Int) throws {
    guard fileBytes > loading.maxFileBytes else { return }
    throw bad(sample, FileReader.Failure.tooLarge(bytes: fileBytes, limit: loading.maxFileBytes).reason)
  }

  private func read(_ sample: Int) throws -> UnsafeRawBufferPointer {
    try reading(sample) { () throws(FileReader.Failure) in
      try reader.read(sample, of: dataset, in: directories)
    }
  }

  /// Turns a failed read into the sample's error or the system's.
  private func reading(
    _ sample: Int, _ read: () throws(FileReader.Failure) -> UnsafeRawBufferPointer
  ) throws -> UnsafeRawBufferPointer {
    do throws(FileReader.Failure) {
      return try read()
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

/// A file could not be opened because descriptors or memory ran out: the file is not to blame, so it is not
/// skipped.
public struct OutOfDescriptors: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file.
  public let path: String
  /// The system's message.
  public let reason: String

  /// The error in one line.
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

extension ImageLoader {
  /// A sample's row in memory of its own.
  package func row(of sample: Int, turn: Int = 0, epoch: Int) throws -> [Float] {
    let count = loading.preprocessing.featureCount
    return try [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      // There is at least one pixel, so the buffer has a base address.
      try load(sample: sample, turn: turn, epoch: epoch, into: buffer.baseAddress!)
      initialized = count
    }
  }
}
