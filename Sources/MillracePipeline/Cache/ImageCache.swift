import MillraceImages
import Synchronization

/// The canonical images of a data set, kept when they are first decoded, as far as there is memory.
///
/// The first images stay: every epoch visits every image once, so none deserves its place more than another. A
/// cached image is the bytes that the decoder made, so nothing that is computed from it depends on whether it was
/// cached. Files that cannot be used are not kept: each epoch tries them again, and finds out again.
///
/// Any thread may ask for images and add them at any time, without a lock.
public final class ImageCache: Sendable {
  /// The beginning of an entry in the memory; the pixels follow it.
  private struct Header {
    var report: DecodeReport
    var width: Int
    var height: Int

    /// The offset of the pixels in an entry.
    static let size = (MemoryLayout<Header>.size + 63) / 64 * 64
  }

  /// The form of the cached images, which are good for no other.
  let form: CanonicalForm
  /// The number of images that are kept.
  package var count: Int { kept.load(ordering: .relaxed) }

  private let storage: DatasetStorageBox
  private let memory: CacheMemory
  private let kept = Atomic(0)
  /// The entries, by file of the storage, each set once it is complete.
  private nonisolated(unsafe) let entries: UnsafeMutableBufferPointer<Atomic<UnsafeMutableRawPointer?>>

  /// Makes an empty cache.
  ///
  /// - Parameters:
  ///   - dataset: The images, or a part of them: subsets of one scan may share a cache.
  ///   - form: The form to which the images are decoded.
  ///   - memory: The memory in which the images are kept; other caches may share it.
  package init(dataset: Dataset, form: CanonicalForm, memory: CacheMemory) {
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

  /// Whether this is the cache of a data set's images in a form.
  package func holds(_ dataset: Dataset, in form: CanonicalForm) -> Bool {
    storage === dataset.storage && form == self.form
  }

  /// A file's image, which is valid as long as the cache is.
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
    // Another thread may have been faster, with the same bytes: then this copy is never used.
    let (exchanged, _) = entries[file].compareExchange(
      expected: nil, desired: entry, ordering: .acquiringAndReleasing)
    if exchanged { kept.add(1, ordering: .relaxed) }
  }
}
