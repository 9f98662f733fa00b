/// What is shown outside an image.
enum BorderMode: Int, CaseIterable, Sendable {
  /// The background colour.
  case constant
  /// The nearest pixel of the image.
  case edge
  /// The image mirrored at its outermost pixels, which are not repeated.
  case reflect

  var name: String { ["constant", "edge", "reflect"][rawValue] }

  /// The pixel that is shown at position `index` of a row or column of `count` pixels; nil means background.
  func resolve(_ index: Int, count: Int) -> Int? {
    if index >= 0 && index < count { return index }
    switch self {
    case .constant: return nil
    case .edge: return index < 0 ? 0 : count - 1
    case .reflect:
      if count == 1 { return 0 }
      let period = 2 * (count - 1)
      let folded = ((index % period) + period) % period
      return folded < count ? folded : period - folded
    }
  }
}
