/// Pictures side by side in rows, as one picture.
package struct ContactSheet: Sendable {
  /// The pictures, row by row. All have one size and the same channels; rows may differ in length.
  package var rows: [[Image]]
  /// The pixels between pictures and around them.
  package var gap = 4
  /// The additional pixels after the first picture of each row, which set an original apart from its variants.
  package var gapAfterFirst = 8
  /// The brightness of the space between pictures, from 0 to 255.
  package var background: UInt8 = 48
  /// Small pictures are enlarged by a whole factor until their longer side has this many pixels.
  package var smallestSide = 64

  /// Lays pictures out.
  package init(rows: [[Image]]) {
    self.rows = rows
  }

  /// The sheet; a single background pixel where there are no pictures.
  package var image: Image {
    guard let first = rows.joined().first else {
      return Image(width: 1, height: 1, channels: .gray, pixels: [background])
    }
    let side = max(first.width, first.height)
    let factor = max(1, (smallestSide + side - 1) / side)
    let columns = rows.map(\.count).max() ?? 0
    let width = gap + columns * (first.width * factor + gap) + (columns > 1 ? gapAfterFirst : 0)
    let height = gap + rows.count * (first.height * factor + gap)
    let channels = first.channels.rawValue
    var pixels = [UInt8](repeating: background, count: width * height * channels)
    for (row, pictures) in rows.enumerated() {
      for (column, picture) in pictures.enumerated() {
        precondition(
          picture.width == first.width && picture.height == first.height
            && picture.channels == first.channels,
          "a contact sheet needs pictures of one size and kind")
        let left = gap + column * (first.width * factor + gap) + (column > 0 ? gapAfterFirst : 0)
        let top = gap + row * (first.height * factor + gap)
        for y in 0..<first.height * factor {
          for x in 0..<first.width * factor {
            let from = ((y / factor) * first.width + x / factor) * channels
            let to = ((top + y) * width + left + x) * channels
            for channel in 0..<channels { pixels[to + channel] = picture.pixels[from + channel] }
          }
        }
      }
    }
    return Image(width: width, height: height, channels: first.channels, pixels: pixels)
  }
}
