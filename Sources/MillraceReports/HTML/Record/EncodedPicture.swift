import Foundation
import MillraceImages

/// A picture as the bytes of a file, for a page and for `report.json`.
struct EncodedPicture: Sendable, Hashable, Codable {
  let width: Int
  let height: Int
  /// The kind of file, such as `image/png`.
  let type: String
  let bytes: Data

  /// A picture with a longer side is written as JPEG, which is smaller.
  private static let largestPNG = 64

  init(_ image: Image) {
    (width, height) = (image.width, image.height)
    if max(image.width, image.height) > Self.largestPNG, let jpeg = try? ImageEncoder.jpeg(image, quality: 88)
    {
      (type, bytes) = ("image/jpeg", Data(jpeg))
    } else {
      (type, bytes) = ("image/png", Data(ImageEncoder.png(image)))
    }
  }

  /// The picture inside a page: nothing is fetched.
  func markup(alternative: String, hint: String? = nil) -> Markup {
    tag(
      "img",
      [
        "src": "data:\(type);base64,\(bytes.base64EncodedString())", "width": String(width),
        "height": String(height), "alt": alternative, "title": hint,
      ])
  }
}
