package import MillraceImages

/// Reads single images and finds out what training will meet in them. Each thread needs its own.
package final class ImageInspector {
  private let dataset: Dataset
  private let directories: SharedDirectories
  private let reader: FileReader
  private let decoder: ImageDecoder
  private let transparency: TransparencyMeter

  /// The directories of a data set, opened once for all threads.
  package struct SharedDirectories: Sendable {
    let open: OpenDirectories

    /// Opens the directories that can be opened.
    package init(_ dataset: Dataset) { open = OpenDirectories(dataset) }
  }

  /// Makes an inspector for one thread.
  ///
  /// - Parameters:
  ///   - dataset: The images.
  ///   - directories: The directories of the same data set.
  ///   - preprocessing: How training prepares each image; its normalisation is not used.
  ///   - limits: The limits on what an image may cost.
  ///   - maxFileBytes: The largest file that is read.
  package init(
    dataset: Dataset, directories: SharedDirectories, preprocessing: Preprocessing, limits: DecodeLimits,
    maxFileBytes: Int
  ) {
    self.dataset = dataset
    self.directories = directories
    reader = FileReader(maxBytes: maxFileBytes)
    decoder = ImageDecoder(limits: limits, background: preprocessing.background)
    transparency = TransparencyMeter(preprocessing: preprocessing, limits: limits)
  }

  /// The share of a sample's picture that is lost on the background; nil where the picture is not transparent, or
  /// cannot be read. Where a file cannot be transparent only its beginning is read.
  ///
  /// - Throws: ``OutOfDescriptors`` where the file is not to blame.
  package func lostShare(of sample: Int) throws(OutOfDescriptors) -> Double? {
    do throws(FileReader.Failure) {
      let start = try reader.read(sample, of: dataset, in: directories.open, atMost: 16)
      guard ImageFormat(sniffing: start)?.canBeTransparent ?? false else { return nil }
      let bytes = try reader.read(sample, of: dataset, in: directories.open)
      return try? transparency.lostShare(bytes)
    } catch {
      if let system = error.shortage {
        throw OutOfDescriptors(path: dataset.path(of: sample), reason: system.reason)
      }
      return nil
    }
  }

  /// Inspects a sample's file: the file is read once, and decoded once unless it is transparent.
  ///
  /// - Throws: ``OutOfDescriptors`` where the file is not to blame.
  package func inspect(_ sample: Int) throws(OutOfDescriptors) -> InspectedImage {
    let bytes: UnsafeRawBufferPointer
    do throws(FileReader.Failure) {
      bytes = try reader.read(sample, of: dataset, in: directories.open)
    } catch {
      if let system = error.shortage {
        throw OutOfDescriptors(path: dataset.path(of: sample), reason: system.reason)
      }
      return InspectedImage(condition: .bad(isTruncated: false, reason: error.reason))
    }
    var image = InspectedImage(condition: .sound)
    image.contentHash = ContentHash.of(bytes)
    do throws(ImageError) {
      let header = try decoder.readHeader(bytes)
      image.header = header
      image.isMisnamed = Self.isMisnamed(dataset.rawRelativePath(of: sample), header.format)
      // Every byte is decoded, so missing data is found; a reduced decode costs less.
      let side = PerceptualHash.side * 2
      let pixels = try decoder.decode(bytes, channels: .gray, atLeast: ImageSize(width: side, height: side))
      image.appearance = PerceptualHash(pixels)
      image.look = ImageLook(pixels)
      let report = decoder.lastReport
      image.condition = report.isTruncated ? .cutShort : report.warnings > 0 ? .withWarnings : .sound
      image.lostShare = try transparency.lostShare(bytes)
    } catch {
      var isTruncated = false
      if case .truncated = error { isTruncated = true }
      image.condition = .bad(isTruncated: isTruncated, reason: error.description)
    }
    return image
  }

  /// A sample's picture, no larger than `Image/thumbnailSide`; nil where it cannot be read.
  package func picture(of sample: Int) -> Image? {
    guard let bytes = try? reader.read(sample, of: dataset, in: directories.open) else { return nil }
    let enough = ImageSize(width: Image.thumbnailSide / 2, height: Image.thumbnailSide / 2)
    return (try? decoder.decode(bytes, channels: .rgb, atLeast: enough).copy())?.thumbnail
  }

  /// Whether a name has the extension of another format.
  static func isMisnamed(_ path: [UInt8], _ format: ImageFormat) -> Bool {
    let name = path.suffix(from: path.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0)
    guard let dot = name.lastIndex(of: UInt8(ascii: ".")) else { return false }
    let end = String(decoding: name[(dot + 1)...], as: UTF8.self).lowercased()
    return !format.fileExtensions.contains(end)
  }
}
