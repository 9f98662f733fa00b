/// The effect of a plan on one image: one map, one window, and the pixel operations in order.
///
/// It follows from the plan and two sizes alone. Augmentations add to it in the order in which they act on what is
/// seen.
public struct Composition {
  /// The size of the image before its decode has reduced it.
  private(set) var source: ImageSize
  /// The place of the decoded image's pixels on the image.
  private(set) var grid = PixelGrid()
  /// The size of the output.
  public private(set) var output: ImageSize
  /// How a source of another shape gets the output's shape.
  public private(set) var fit = PictureFit.crop
  /// The channels of the output.
  public private(set) var channels: Channels

  /// The part of the source that fills the output; nil until an augmentation crops.
  private(set) var window: SourceWindow?
  /// The map from output pixels back to those of an upright output, both about the centre.
  private(set) var map = ProjectiveMap.identity
  /// The distortion that acts first, next to the source: a lens comes before everything else that happens to a
  /// picture.
  private(set) var lens: LensDistortion?
  /// The displacements that act last, on the finished picture.
  private(set) var elastic: [ElasticDisplacement] = []
  private(set) var border = BorderMode.constant
  private(set) var steps: [PixelStep] = []

  /// One pass over the pixels.
  enum PixelStep {
    case color(ColorTransform)
    case operation(any PixelAugmentation.Type, DrawnValues)
  }

  init() {
    source = ImageSize(width: 1, height: 1)
    output = source
    channels = .gray
  }

  /// Begins anew for an image; the storage is kept.
  mutating func begin(
    source: ImageSize, grid: PixelGrid, output: ImageSize, channels: Channels, fit: PictureFit = .crop
  ) {
    self.source = source
    self.grid = grid
    self.output = output
    self.channels = channels
    self.fit = fit
    window = nil
    map = .identity
    lens = nil
    elastic.removeAll(keepingCapacity: true)
    border = fit == .padReflect ? .reflect : .constant
    steps.removeAll(keepingCapacity: true)
  }

  /// What crops are taken from: the whole source, or the source with its padding.
  private var start: SourceWindow {
    fit.isPadding ? .containing(output, of: source) : SourceWindow(of: source)
  }

  /// The window that is used, in pixels of the decoded image: the crop, or what the fit takes.
  ///
  /// It is found in the image as it was before it was reduced, since the outermost rows and columns of a reduced
  /// image may stand for less than a whole pixel: a window found in these would be stretched by that much.
  var finalWindow: SourceWindow {
    (window ?? (fit == .crop ? .covering(output, of: source) : start)).on(grid)
  }

  /// The whole picture, in pixels of the decoded image.
  var picture: SourceWindow { SourceWindow(of: source).on(grid) }

  /// Takes a box of the source, or of the box taken before, whatever else has happened to the picture.
  ///
  /// - Parameters:
  ///   - area: The share of the area that is taken, above 0 and at most 1.
  ///   - ratio: The box's aspect relative to the output's; 1 keeps shapes. Where the fit stretches, it is relative
  ///     to the source's aspect, and 1 stretches as the fit does.
  ///   - x: The box's place between the left end (0) and the right (1).
  ///   - y: The box's place between the top (0) and the bottom (1).
  public mutating func crop(area: Double, ratio: Double, x: Double, y: Double) {
    let shape = fit == .stretch ? source : output
    let aspect = ratio * Double(shape.width) / Double(shape.height)
    window = (window ?? start).box(area: area, aspect: aspect, x: x, y: y)
  }

  /// Says what lies outside the picture; where the fit pads, the fit has said it already.
  mutating func surround(with border: BorderMode) {
    if !fit.isPadding { self.border = border }
  }

  /// Moves the visible picture.
  ///
  /// - Parameter inverse: The map from points of the result back to where they come from.
  public mutating func move(inverse: ProjectiveMap) {
    map = map * inverse
  }

  mutating func distort(_ lens: LensDistortion) {
    self.lens = lens
  }

  mutating func displace(_ displacement: ElasticDisplacement) {
    elastic.append(displacement)
  }

  /// Adds an affine map of colours, fused with one that comes right before it.
  public mutating func append(color transform: ColorTransform) {
    if case .color(let earlier)? = steps.last {
      steps[steps.count - 1] = .color(earlier.followed(by: transform))
    } else {
      steps.append(.color(transform))
    }
  }

  /// Adds a map of colours that does not change greys, and so does not change a gray image.
  public mutating func append(chroma transform: ColorTransform) {
    if channels == .rgb { append(color: transform) }
  }

  mutating func append(operation: any PixelAugmentation.Type, _ values: DrawnValues) {
    steps.append(.operation(operation, values))
  }
}
