import MillraceImages
package import MillraceModels
package import MillracePipeline

/// What the runs of one process share: the folders that were scanned, the normalisations that were measured,
/// and the images that were decoded.
///
/// A run by itself has its own. Several runs that share one read, decode and measure each image once, as far
/// as they use the same images in the same size; nothing that they compute depends on it. Only one thread at
/// a time may use it.
package final class SharedImages {
  private var folders: [TrainingFolders.Key: TrainingFolders] = [:]
  private var normalizations: [NormalizationKey: Normalization] = [:]
  private var caches: [ImageCache] = []
  /// The memory for decoded images; nil where none was reserved yet.
  private var memory: Reserved?

  /// The memory for decoded images; it holds nil where none is wanted.
  private struct Reserved { let memory: CacheMemory? }

  private struct NormalizationKey: Hashable {
    let images: DatasetIdentity
    let size: ImageSize
    let channels: Channels
    let background: SIMD3<UInt8>
    let magnification: Float
    let fit: PictureFit

    init(_ dataset: Dataset, _ preprocessing: Preprocessing) {
      images = DatasetIdentity(dataset)
      (size, channels) = (preprocessing.size, preprocessing.channels)
      (background, magnification) = (preprocessing.background, preprocessing.magnification)
      fit = preprocessing.fit
    }
  }

  /// Begins without any images.
  package init() {}

  /// The images of a configuration; its folders are scanned the first time.
  ///
  /// - Throws: `DatasetError`, or ``ConfigurationError`` for a setting that has no effect on these folders.
  package func data(for configuration: TrainingConfiguration) throws -> TrainingData {
    let key = TrainingFolders.Key(configuration)
    let scanned = try folders[key] ?? TrainingFolders(configuration)
    folders[key] = scanned
    return try TrainingData(configuration, of: scanned)
  }

  /// The cache for a data set's images in the form to which a loading decodes them; nil where nothing is
  /// kept.
  ///
  /// - Throws: ``ConfigurationError`` where the system refuses the size that was asked for.
  package func cache(
    of dataset: Dataset, loading: ImageLoading, execution: ExecutionOptions
  ) throws(ConfigurationError) -> ImageCache? {
    if memory == nil { memory = Reserved(memory: try execution.cacheMemory()) }
    guard let memory = memory?.memory else { return nil }
    let form = loading.canonicalForm
    if let known = caches.first(where: { $0.holds(dataset, in: form) }) { return known }
    let cache = ImageCache(dataset: dataset, form: form, memory: memory)
    caches.append(cache)
    return cache
  }

  /// Releases the memory of decoded images, once nobody loads from it any more.
  package func forgetImages() { (caches, memory) = ([], nil) }

  /// The normalisation of some images, which is measured the first time.
  func normalization(
    of dataset: Dataset, as plain: Preprocessing, measure: () throws -> Normalization
  ) rethrows -> Normalization {
    let key = NormalizationKey(dataset, plain)
    let normalization = try normalizations[key] ?? measure()
    normalizations[key] = normalization
    return normalization
  }

  /// Stores a normalisation that was measured before.
  func remember(_ preprocessing: Preprocessing, of dataset: Dataset) {
    normalizations[NormalizationKey(dataset, preprocessing)] = preprocessing.normalization
  }
}
