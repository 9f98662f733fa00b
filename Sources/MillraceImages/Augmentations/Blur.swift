import MillraceRandom

/// Smooths with a Gaussian.
struct Blur: PixelAugmentation {
  static let descriptor = AugmentationDescriptor(
    name: "blur", summary: "Smooths with a Gaussian.", source: "Chen et al., \"SimCLR\", 2020", stage: .local,
    parameters: [
      AugmentationParameter(
        "sigma", in: 0...32, default: .range(0.1, 1.5), unit: " px", "the Gaussian's standard deviation")
    ],
    draws: [.init("sigma", in: 0...32)], neutral: "0")

  let sigma: ArgumentSpan

  init(_ arguments: AugmentationArguments) { sigma = arguments.span("sigma") }

  func draw(using random: inout KeyedRandom) -> DrawnValues {
    DrawnValues(first: sigma.draw(using: &random))
  }

  static func apply(_ values: DrawnValues, to planes: PixelPlanes) {
    // Below this limit the neighbours' weight is less than a thousandth of a level.
    guard values[0] > 0.15 else { return }
    let radius = GaussianFilter.radius(sigma: values[0])
    let (width, height) = (planes.width, planes.height)
    // Whole vectors are smoothed; pixels beyond the edge repeat the edge's own pixel.
    let stride = (width + 3) & ~3
    let paddedWidth = stride + 2 * radius
    let kernelCount = GaussianFilter.kernelCount(radius: radius)
    let kernel = planes.scratch.reserve(kernelCount + paddedWidth + stride * (height + 2 * radius + 1))
    let line = kernel + kernelCount
    let rows = line + paddedWidth
    let result = rows + stride * (height + 2 * radius)
    GaussianFilter.writeKernel(sigma: values[0], radius: radius, to: kernel)
    for channel in 0..<planes.channels {
      let plane = planes.plane(channel)
      for y in 0..<height {
        let row = plane + y * width
        for x in 0..<paddedWidth { line[x] = row[min(width - 1, max(0, x - radius))] }
        GaussianFilter.smooth(
          line, step: 1, kernel: kernel, radius: radius, count: stride, into: rows + (radius + y) * stride)
      }
      for y in 0..<radius {
        (rows + y * stride).update(from: rows + radius * stride, count: stride)
        (rows + (radius + height + y) * stride).update(
          from: rows + (radius + height - 1) * stride, count: stride)
      }
      for y in 0..<height {
        GaussianFilter.smooth(
          rows + y * stride, step: stride, kernel: kernel, radius: radius, count: stride, into: result)
        (plane + y * width).update(from: result, count: width)
      }
    }
  }
}
