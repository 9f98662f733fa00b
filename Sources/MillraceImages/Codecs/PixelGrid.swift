/// Where the pixels of a decoded image lie on the upright picture as the file stores it: on squares that begin at one of
/// its corners.
///
/// Where a side is no multiple of the squares' side, the last square of a stored row or column sticks out of the
/// picture. Once the image is upright, that may be the first square as well.
package struct PixelGrid: Sendable, Hashable {
  /// The side of a square, in pixels of the picture.
  package var reduction: Int
  /// The left edge of the first squares, in pixels of the picture from its own left edge: 0, or how far they stick out,
  /// below 0.
  package var originX: Int
  /// The same for the upper edge.
  package var originY: Int

  /// Names a grid; by default a pixel stands for one pixel.
  package init(reduction: Int = 1, originX: Int = 0, originY: Int = 0) {
    self.reduction = reduction
    self.originX = originX
    self.originY = originY
  }
}

extension DecodeReport {
  /// Where the decoded pixels lie on the upright picture.
  package var grid: PixelGrid {
    let covered = originalSize.reduced(by: reduction)
    return PixelGrid(
      reduction: reduction,
      originX: orientation.beginsAtEndOfX ? originalSize.width - covered.width * reduction : 0,
      originY: orientation.beginsAtEndOfY ? originalSize.height - covered.height * reduction : 0)
  }
}
