package import MillraceImages

/// Whether mirror images look like the classes of the images that they come from, as far as small pictures can
/// show.
///
/// An image's class is guessed as that of its nearest neighbour among some images. How often this is right for
/// images, for their mirror images, and for images with mirror images among the neighbours shows what mirroring
/// does to the labels. A mirrored left hand is a right one: where the classes are hands, the guesses for mirror
/// images are wrong, and mirror images among the neighbours mislead. A mirrored coat is as much like coats as the
/// coat itself.
package struct MirrorTrial: Sendable, Hashable {
  /// The guesses for one image.
  package struct Answer: Sendable, Hashable {
    /// The image's class.
    package var label: Int
    /// Whether the image's nearest neighbour has its class.
    package var plain: Bool
    /// Whether the nearest neighbour of its mirror image has its class.
    package var mirrored: Bool
    /// Whether the image's nearest neighbour has its class where mirror images are neighbours, too.
    package var amongMirrored: Bool
  }

  /// The answers for the images, in their order.
  package let answers: [Answer]

  /// The largest number of images that are compared: enough to notice a class that is another's mirror image.
  package static let sampleCount = 1_000

  /// Makes a trial of some answers.
  package init(_ answers: [Answer]) {
    self.answers = answers
  }

  /// Finds each picture's neighbours among the others, except itself and its own mirror image.
  package init(within pictures: SmallPictures) {
    self.init(pictures, among: pictures, isSame: true)
  }

  /// Finds the neighbours of pictures among others.
  package init(of pictures: SmallPictures, among neighbors: SmallPictures) {
    self.init(pictures, among: neighbors, isSame: false)
  }

  private init(_ pictures: SmallPictures, among neighbors: SmallPictures, isSame: Bool) {
    guard neighbors.count > (isSame ? 1 : 0) else {
      answers = []
      return
    }
    answers = (0..<pictures.count).map { query in
      let label = pictures.labels[query]
      let plain = pictures.values(of: query)
      let mirrored = pictures.mirroredValues(of: query)
      // The distance from an image to a neighbour's mirror image is that from the image's mirror image to the
      // neighbour.
      let (near, nearMirrored) = (
        neighbors.nearest(to: plain, but: isSame ? query : nil),
        neighbors.nearest(to: mirrored, but: isSame ? query : nil)
      )
      let closer = nearMirrored.distance < near.distance ? nearMirrored : near
      return Answer(
        label: label, plain: neighbors.labels[near.index] == label,
        mirrored: neighbors.labels[nearMirrored.index] == label,
        amongMirrored: neighbors.labels[closer.index] == label)
    }
  }

  // MARK: Verdicts

  /// Whether neighbours tell anything at all: they are right more often than the constant guess of the largest
  /// class, by three standard deviations.
  package var isTelling: Bool {
    let count = Double(answers.count)
    guard count > 0 else { return false }
    let share = Double(byClass.map(\.count).max() ?? 0) / count
    let deviation = (count * share * (1 - share)).squareRoot()
    return Double(rightCount) - count * share > 3 * deviation
  }

  /// Whether mirror images among the neighbours mislead: more answers became wrong than right, by two standard
  /// deviations, or within a class by two and a half.
  package var misleads: Bool {
    Change(answers, to: \.amongMirrored).isLoss(by: 2)
      || byClass.contains { Change($0, to: \.amongMirrored).isLoss(by: 2.5) }
  }

  /// Whether mirror images are taken for their own class as often as the images are, over all and in each class: no
  /// loss is seen, and a loss of a quarter would have been seen.
  package var keepsLabels: Bool {
    let change = Change(answers, to: \.mirrored)
    return isTelling && !misleads && !change.isLoss(by: 2)
      && change.loss + 2 * change.deviation < Double(rightCount) / 4
      && !byClass.contains { Change($0, to: \.mirrored).isLoss(by: 2.5) }
  }

  /// Whether mirror images among the neighbours help: more answers became right than wrong, by three standard
  /// deviations.
  package var helps: Bool {
    let change = Change(answers, to: \.amongMirrored)
    return isTelling && !misleads && -change.loss > 3 * change.deviation
  }

  private var rightCount: Int { answers.count(where: \.plain) }
  private var byClass: [[Answer]] { Array(Dictionary(grouping: answers, by: \.label).values) }

  /// How many right answers are lost. Answers that stayed the same say nothing; if gains are as likely as losses,
  /// the standard deviation is the root of the number of changes (McNemar, 1947).
  private struct Change {
    let loss: Double
    let deviation: Double

    init(_ answers: [Answer], to other: KeyPath<Answer, Bool>) {
      let lost = answers.count { $0.plain && !$0[keyPath: other] }
      let won = answers.count { !$0.plain && $0[keyPath: other] }
      loss = Double(lost - won)
      deviation = Double(lost + won).squareRoot()
    }

    func isLoss(by deviations: Double) -> Bool { loss > deviations * deviation }
  }
}

/// Pictures that are small enough to be compared pixel by pixel, with their classes.
package struct SmallPictures: Sendable, Hashable {
  /// The side of a picture, in pixels.
  package static let side = 12
  private static let length = 3 * side * side

  /// The classes of the pictures.
  package private(set) var labels: [Int] = []
  private var values: [Float] = []

  package var count: Int { labels.count }

  /// Begins without pictures.
  package init() {}

  /// Loads images at equal distances through a data set, as evaluation does; an image that cannot be used is left
  /// out.
  ///
  /// - Parameters:
  ///   - dataset: The images, as files.
  ///   - count: The largest number of images.
  ///   - limits: The limits on what an image may cost.
  ///   - maxFileBytes: The largest file that is read.
  /// - Throws: What loading throws where no file is to blame.
  package init(_ dataset: Dataset, count: Int, limits: DecodeLimits, maxFileBytes: Int) throws {
    guard dataset.count > 0, count > 0 else { return }
    let size = ImageSize(width: Self.side, height: Self.side)
    let producer = try MinibatchProducer(
      dataset: dataset.evenlySpaced(count),
      loading: ImageLoading(
        preprocessing: try Preprocessing(size: size, channels: .rgb), limits: limits,
        maxFileBytes: maxFileBytes),
      shuffles: false,
      options: MinibatchProducer.Options(batchSize: 32, epochs: 0..<1, loaders: 2, onBadSample: .skip))
    defer { producer.stop() }
    while let minibatch = try producer.next() {
      for row in 0..<minibatch.count {
        append(
          UnsafeBufferPointer(start: minibatch.features(ofRow: row), count: Self.length),
          label: Int(minibatch.labels[row]))
      }
      producer.release(minibatch)
    }
  }

  /// Adds a picture of three planes, without its mean colour, which depends more on the light than on the subject.
  package mutating func append(_ planes: some Collection<Float>, label: Int) {
    precondition(planes.count == Self.length, "a picture has \(Self.length) values, got \(planes.count)")
    let pixels = Self.side * Self.side
    var picture = Array(planes)
    for channel in 0..<3 {
      let plane = channel * pixels..<(channel + 1) * pixels
      let mean = picture[plane].reduce(0, +) / Float(pixels)
      for place in plane { picture[place] -= mean }
    }
    values += picture
    labels.append(label)
  }

  fileprivate func values(of picture: Int) -> [Float] {
    Array(values[picture * Self.length..<(picture + 1) * Self.length])
  }

  fileprivate func mirroredValues(of picture: Int) -> [Float] {
    let plain = values(of: picture)
    return plain.indices.map { place in
      let column = place % Self.side
      return plain[place - column + Self.side - 1 - column]
    }
  }

  /// The picture at the smallest squared distance; of several, the first.
  fileprivate func nearest(to picture: [Float], but excluded: Int?) -> (index: Int, distance: Float) {
    var best = (index: 0, distance: Float.infinity)
    picture.withUnsafeBytes { own in
      values.withUnsafeBytes { all in
        for other in 0..<count where other != excluded {
          let start = other * Self.length * MemoryLayout<Float>.size
          var sum = SIMD16<Float>.zero
          for place in stride(from: 0, to: own.count, by: MemoryLayout<SIMD16<Float>>.size) {
            let difference =
              own.loadUnaligned(fromByteOffset: place, as: SIMD16<Float>.self)
              - all.loadUnaligned(fromByteOffset: start + place, as: SIMD16<Float>.self)
            sum += difference * difference
          }
          let distance = sum.sum()
          if distance < best.distance { best = (other, distance) }
        }
      }
    }
    return best
  }
}
