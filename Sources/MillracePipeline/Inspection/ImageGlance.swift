package import MillraceImages

/// What a look at some images of a data set shows, without decoding them all: enough to choose how a network sees
/// images.
package struct ImageGlance: Sendable, Hashable {
  /// The upright sizes of the images that could be read, in their order.
  package var sizes: [ImageSize] = []
  /// Whether none of the images shows a colour; false where none could be read.
  package var isGray = false
  /// The number of images that can be transparent.
  package var transparentCount = 0

  /// The levels by which red, green and blue may differ in a gray picture that was stored in colour.
  private static let grayTolerance = 2

  /// Looks at images at equal distances through a data set. They are the same for the same data set, so the result
  /// depends only on the images. An image that cannot be used is left out.
  ///
  /// Only the header of most images is read. Where images are stored in colour their pixels show whether they
  /// contain any, until the first that does.
  ///
  /// - Parameters:
  ///   - dataset: The images.
  ///   - count: The largest number of images that are looked at.
  ///   - limits: The limits on what an image may cost.
  ///   - maxFileBytes: The largest file that is read.
  /// - Throws: ``OutOfDescriptors`` where no file is to blame.
  package init(
    at dataset: Dataset, count: Int, limits: DecodeLimits, maxFileBytes: Int
  ) throws(OutOfDescriptors) {
    let some = dataset.evenlySpaced(count)
    let directories = ImageInspector.SharedDirectories(some)
    let reader = FileReader(maxBytes: maxFileBytes)
    let decoder = ImageDecoder(limits: limits)
    var hasColor = false
    for sample in 0..<some.count {
      if let (pack, number) = some.packed(sample), let size = pack.sizeOfPixels(number) {
        sizes.append(size)
        hasColor = hasColor || pack.index.head.channels > 1
        continue
      }
      do throws(FileReader.Failure) {
        let bytes = try reader.read(sample, of: some, in: directories.open)
        guard let header = try? decoder.readHeader(bytes) else { continue }
        if !hasColor, header.colorModel != .gray {
          guard let isGray = Self.showsNoColor(bytes, decoder) else { continue }
          hasColor = !isGray
        }
        sizes.append(header.size)
        if header.hasAlpha { transparentCount += 1 }
      } catch {
        guard let system = error.shortage else { continue }
        throw OutOfDescriptors(path: some.path(of: sample), reason: system.reason)
      }
    }
    isGray = !sizes.isEmpty && !hasColor
  }

  /// Whether red, green and blue are the same everywhere; nil for an image that cannot be decoded.
  private static func showsNoColor(_ bytes: UnsafeRawBufferPointer, _ decoder: ImageDecoder) -> Bool? {
    // A reduced decode costs less, and averages away nothing that covers more than a pixel.
    let enough = ImageSize(width: 64, height: 64)
    guard let view = try? decoder.decode(bytes, channels: .rgb, atLeast: enough) else { return nil }
    let pixels = UnsafeBufferPointer(start: view.base, count: view.width * view.height * 3)
    return stride(from: 0, to: pixels.count, by: 3).allSatisfy { place in
      let (red, green, blue) = (Int(pixels[place]), Int(pixels[place + 1]), Int(pixels[place + 2]))
      return max(red, green, blue) - min(red, green, blue) <= grayTolerance
    }
  }
}

extension PackedImages {
  /// The upright size that an image had before it was packed as pixels; nil for one that was packed as it is.
  fileprivate func sizeOfPixels(_ number: Int) -> ImageSize? {
    let record = index.records[number]
    return record.kind == PackRecord.Kind.pixels.rawValue ? record.size : nil
  }
}

extension Dataset {
  /// The folder from which a packed file was made, as it was typed then; nil where files are used.
  package var packSource: String? { storage.value.packs.first?.index.source }

  /// The settings for which the pixels of a packed file were made, by name; empty where files are used.
  package var packedSettings: [String: String] {
    guard let pack = storage.value.packs.first(where: { $0.index.head.channels > 0 }) else { return [:] }
    // The packer writes them in the form: --name text --name "a text with spaces".
    var settings: [String: String] = [:]
    for part in (" " + pack.index.packedFor).split(separator: " --") {
      let pair = part.split(separator: " ", maxSplits: 1)
      guard pair.count == 2 else { continue }
      settings[String(pair[0])] = String(pair[1].replacing("\"", with: ""))
    }
    return settings
  }
}
