import Foundation
import MillraceImages

/// Pictures as TensorBoard shows them: pictures that belong together are one sheet.
enum PictureSummary {
  /// The number of pictures side by side.
  private static let columns = 6
  /// A JPEG has a fifth of a PNG's size, and there may be a sheet for each epoch.
  private static let quality = 92

  /// A sheet of pictures of one size; none where there are no pictures.
  static func values(_ tag: String, _ pictures: [Image]) throws -> [TensorBoardSummary.Value] {
    if pictures.isEmpty { return [] }
    var sheet = ContactSheet(
      rows: stride(from: 0, to: pictures.count, by: columns).map {
        Array(pictures[$0..<min($0 + columns, pictures.count)])
      })
    sheet.gapAfterFirst = 0
    let image = sheet.image
    var value = TensorBoardSummary.Value()
    value.tag = tag
    value.image.width = Int32(image.width)
    value.image.height = Int32(image.height)
    value.image.colorspace = Int32(image.channels.rawValue)
    value.image.encodedImageString = Data(try ImageEncoder.jpeg(image, quality: quality))
    return [value]
  }
}
