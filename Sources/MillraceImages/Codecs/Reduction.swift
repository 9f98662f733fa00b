extension ImageSize {
  /// The factor by which the canonical decode reduces an image of this size: the largest of 1, 2, 4 and 8 that leaves
  /// both sides at least as long as `enough` asks; 1 where none does.
  public func reduction(leaving enough: ImageSize) -> Int {
    [8, 4, 2].first { factor in
      let size = reduced(by: factor)
      return size.width >= enough.width && size.height >= enough.height
    } ?? 1
  }

  /// What a reduction leaves: sides of `ceil(side / factor)` pixels.
  public func reduced(by factor: Int) -> ImageSize {
    ImageSize(width: (width + factor - 1) / factor, height: (height + factor - 1) / factor)
  }
}
