import MillraceImages
import Synchronization

/// The canonical images of a data set, kept when they are first decoded as far as the memory goes.
///
/// Whoever comes first stays: every epoch visits every image once, so none deserves its place more than another. A
/// cached image is the bytes that the decoder made, so nothing that is computed from it depends on whether it was
/// cached. Files that cannot be used are not kept: they are tried again, and found out again, in each epoch.
///
/// Any thread may ask and add at any time, without a lock.
public final class ImageCache: Sendable {
  /// What an entry of the memory begins with; the pixels follow.
  private struct Header {
    var report: DecodeReport
    var width: Int
    var height: Int

    /// Where the pixels begin.
    static let size = (MemoryLayout<Header>.size + 63) / 64 * 64
  }

  /// What was cached is good for this form only.
  let form: CanonicalForm
  /// How many images are kept.
  public var count: Int { kept.load(ordering: .relaxed) }

  private let storage: DatasetStorageBox
  private let memory: CacheMemory
  private let kept = Atomic(0)
  /// By file of the storage: its entry, once it is complete.
  private nonisolated(unsafe) let entries: UnsafeMutableBufferPointer<Atomic<UnsafeMutableRawPointer?>>

  /// Makes an empty cache.
  ///
  /// - Parameters:
  ///   - dataset: The images, or a part of them: subsets of one scan may share a cache.
  ///   - form: What they are decoded to.
  ///   - memory: Where they are kept; other caches may share it.
  public init(dataset: Dataset, form: CanonicalForm, memory: CacheMemory) {
    self.form = form
    self.memory = memory
    storage = dataset.storage
    entries = .allocate(capacity: dataset.storage.value.fileCount)
    for file in entries.indices { entries.initializeElement(at: file, to: Atomic(nil)) }
  }

  deinit {
    entries.deinitialize()
    entries.deallocate()
  }

  /// Whether this cache is of a data set's images in a form.
  package func holds(_ dataset: Dataset, in form: CanonicalForm) -> Bool {
    storage === dataset.storage && form == self.form
  }

  /// A file's image, valid as long as the cache is.
  func image(ofFile file: Int) -> CanonicalImage? {
    guard let entry = entries[file].load(ordering: .acquiring) else { return nil }
    let header = entry.load(as: Header.self)
    let pixels = (entry + Header.size).assumingMemoryBound(to: UInt8.self)
    return CanonicalImage(
      pixels: ImageView(
        base: UnsafePointer(pixels), width: header.width, height: header.height, channels: form.channels),
      report: header.report)
  }

  /// Keeps a copy of an image, if there is room for it.
  func keep(_ image: CanonicalImage, ofFile file: Int) {
    let view = image.pixels
    let byteCount = view.width * view.height * view.channels.rawValue
    guard let entry = memory.allocate(Header.size + byteCount) else { return }
    entry.initializeMemory(
      as: Header.self, to: Header(report: image.report, width: view.width, height: view.height))
    (entry + Header.size).copyMemory(from: view.base, byteCount: byteCount)
    // Another thread may have been faster, with the same bytes: then this copy lies idle.
    let (exchanged, _) = entries[file].compareExchange(
      expected: nil, desired: entry, ordering: .acquiringAndReleasing)
    if exchanged { kept.add(1, ordering: .relaxed) }
  }
}
