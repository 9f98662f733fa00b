extension ImageSize {
  /// The factor by which the canonical decode reduces an image of this size: the largest of 1, 2, 4 and 8 that leaves
  /// both sides at least as long as `enough` asks; 1 where none does.
  public func reduction(leaving enough: ImageSize) -> Int {
    [8, 4, 2].first { factor in
      let size = reduced(by: factor)
      return size.width >= enough.width && size.height >= enough.height
    } ?? 1
  }

  /// A size so many times as large, rounded up.
  public func enlarged(by factor: Float) -> ImageSize {
    // The bound keeps whole numbers whole; no image is as large.
    func enlarged(_ side: Int) -> Int { Int(min(Float(side) * factor, 0x1p40).rounded(.up)) }
    return ImageSize(width: enlarged(width), height: enlarged(height))
  }

  /// What a reduction leaves: sides of `ceil(side / factor)` pixels.
  public func reduced(by factor: Int) -> ImageSize {
    ImageSize(width: (width + factor - 1) / factor, height: (height + factor - 1) / factor)
  }
}
