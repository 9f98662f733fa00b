import MillraceRandom
import Testing

@testable import MillracePipeline

struct MirrorTrialTests {
  /// A class: the possible centres of a bright square, as shares of the side; one of them is drawn for each
  /// picture.
  private typealias Places = [(x: Double, y: Double)]

  /// Pictures with a square near one of the places of their class.
  private func pictures(_ classes: [Places], count: Int, seed: UInt64 = 1) -> SmallPictures {
    var random = KeyedRandom(seed: seed, purpose: .preview)
    var pictures = SmallPictures()
    let side = SmallPictures.side
    for (label, places) in classes.enumerated() {
      for number in 0..<count {
        let place = places[number % places.count]
        let x = Int(place.x * Double(side)) + random.index(below: 3) - 1
        let y = Int(place.y * Double(side)) + random.index(below: 3) - 1
        let plane = (0..<side * side).map { pixel -> Float in
          let isInside = abs(pixel % side - x) <= 1 && abs(pixel / side - y) <= 1
          return (isInside ? 1 : 0) + Float(random.index(below: 100)) / 300
        }
        pictures.append(plane + plane + plane, label: label)
      }
    }
    return pictures
  }

  @Test func `Classes that a mirror leaves as they are keep their labels`() {
    let trial = MirrorTrial(within: pictures([[(0.5, 0.2)], [(0.5, 0.5)], [(0.5, 0.8)]], count: 40))
    #expect(trial.isTelling && trial.keepsLabels && !trial.misleads)
  }

  @Test func `Two classes that are each other's mirror image forbid it, among however many others`() {
    let left: Places = [(0.2, 0.5)]
    let right: Places = [(0.8, 0.5)]
    let others: [Places] = (0..<4).map { [(0.5, 0.15 + 0.23 * Double($0))] }
    for classes in [[left, right], [left, right] + others] {
      let trial = MirrorTrial(within: pictures(classes, count: 40))
      #expect(trial.isTelling && !trial.keepsLabels && trial.misleads)
    }
  }

  @Test func `Classes seen from one side only allow it where validation shows both sides`() {
    // Each class has its own height, and training images are on the left.
    let training = pictures([[(0.2, 0.2)], [(0.2, 0.5)], [(0.2, 0.8)]], count: 40)
    let other = pictures(
      [[(0.8, 0.2), (0.2, 0.2)], [(0.8, 0.5), (0.2, 0.5)], [(0.8, 0.8), (0.2, 0.8)]], count: 40, seed: 2)
    // On the other side they are nearest to pictures with similar noise.
    let trial = MirrorTrial(of: other, among: training)
    #expect(trial.isTelling && trial.helps && !trial.misleads)
    let same = MirrorTrial(
      of: pictures([[(0.2, 0.2)], [(0.2, 0.5)], [(0.2, 0.8)]], count: 40, seed: 3), among: training)
    #expect(!same.helps && !same.misleads)
  }

  @Test func `Nothing is decided where neighbours tell nothing`() {
    let anywhere: Places = (0..<20).map { number in
      let across = Double(number)
      let down = Double(number * 7 % 20)
      return (0.1 + 0.04 * across, 0.1 + 0.04 * down)
    }
    let trial = MirrorTrial(within: pictures([anywhere, anywhere], count: 40))
    #expect(!trial.isTelling && !trial.keepsLabels && !trial.helps)
    for few in [SmallPictures(), pictures([[(0.5, 0.5)]], count: 1)] {
      #expect(MirrorTrial(within: few).answers.isEmpty)
      #expect(!MirrorTrial(within: few).keepsLabels)
    }
  }

  /// 100 images of two classes, of which 90 are recognised, and some lose or gain by mirroring.
  @Test(arguments: [
    (lost: 0, won: 0, keeps: true), (lost: 4, won: 2, keeps: true), (lost: 4, won: 0, keeps: true),
    (lost: 5, won: 0, keeps: false), (lost: 50, won: 0, keeps: false),
  ])
  func `A loss beyond two deviations is one`(lost: Int, won: Int, keeps: Bool) {
    let answers = (0..<100).map { number in
      let plain = number < 90
      return MirrorTrial.Answer(
        label: number % 2, plain: plain, mirrored: plain ? number >= lost : number < 90 + won,
        amongMirrored: plain)
    }
    #expect(MirrorTrial(answers).keepsLabels == keeps)
  }
}
