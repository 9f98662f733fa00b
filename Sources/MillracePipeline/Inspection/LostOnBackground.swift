package import MillraceImages

/// How many images of each class are transparent and lose most of what they show on the background.
package struct LostOnBackground {
  /// The images of one class that were looked at.
  private struct Tally {
    var images = 0
    var lost = 0
  }

  private let classes: [String]
  private var tallies: [Tally]

  /// Nothing was looked at yet.
  package init(classes: [String]) {
    self.classes = classes
    tallies = Array(repeating: Tally(), count: classes.count)
  }

  /// Counts a usable image.
  ///
  /// - Parameter lostShare: The share of what it shows that is lost; nil where it is not transparent.
  package mutating func add(label: Int, lostShare: Double?) {
    tallies[label].images += 1
    if Self.isLost(lostShare) { tallies[label].lost += 1 }
  }

  /// Whether most of what an image shows is lost.
  package static func isLost(_ share: Double?) -> Bool { (share ?? 0) > 0.5 }

  /// What a person should know; nil where of no class more than half the images are lost.
  package func notice(on background: RGBColor) -> String? {
    let lost = zip(classes, tallies).filter { 2 * $1.lost > $1.images }
    guard let first = lost.first else { return nil }
    let (images, all) = lost.reduce((0, 0)) { ($0.0 + $1.1.lost, $0.1 + $1.1.images) }
    let names =
      lost.prefix(10).map { "'\($0.0)'" }.joined(separator: ", ") + (lost.count > 10 ? " and others" : "")
    let other = background.luma < 128 ? "white" : "black"
    return
      "\(lost.count == 1 ? "class '\(first.0)'" : "classes \(names)"): \(images) of \(all) images are transparent, "
      + "and most of what they show is lost on the background, which is \(background); "
      + "set background to another colour, such as \(other)"
  }
}

extension LostOnBackground {
  /// The most images that are looked at, and of one class.
  private static let (most, mostOfClass) = (1000, 16)

  /// Looks at some images of each class, at equal distances.
  ///
  /// - Parameters:
  ///   - dataset: The images.
  ///   - preprocessing: How training prepares each image.
  ///   - limits: The limits on what an image may cost.
  ///   - maxFileBytes: The largest file that is read.
  /// - Throws: ``OutOfDescriptors`` where files cannot be opened for want of descriptors.
  package init(
    sampling dataset: Dataset, preprocessing: Preprocessing, limits: DecodeLimits, maxFileBytes: Int
  ) throws(OutOfDescriptors) {
    self.init(classes: dataset.classes)
    var samples = [[Int]](repeating: [], count: dataset.classes.count)
    for sample in 0..<dataset.count { samples[dataset.label(of: sample)].append(sample) }
    let wanted = max(1, min(Self.mostOfClass, Self.most / max(1, dataset.classes.count)))
    let inspector = ImageInspector(
      dataset: dataset, directories: ImageInspector.SharedDirectories(dataset),
      preprocessing: preprocessing, limits: limits, maxFileBytes: maxFileBytes)
    for (label, members) in samples.enumerated() {
      let count = min(wanted, members.count)
      for number in 0..<count {
        add(label: label, lostShare: try inspector.lostShare(of: members[number * members.count / count]))
      }
    }
  }
}
