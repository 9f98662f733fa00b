import MillraceRandom
import Testing

@testable import MillracePipeline

struct NaturalOrderTests {
  @Test(arguments: [
    ["a", "b", "c"],
    ["class1", "class2", "class10"],
    ["1", "2", "10", "20", "100"],
    ["IMG_9.png", "IMG_10.png", "IMG_10b.png", "IMG_11.png"],
    ["A", "B", "a", "b"],
    ["a", "a0", "a00", "a1", "a01", "a001", "a2"],
    ["v1.2", "v1.10", "v1.10.1", "v2.0"],
    ["x99999999999999999999998", "x99999999999999999999999", "x100000000000000000000000"],
    ["1x2", "01x2", "1x3", "01x3"],
    ["", "0", "a"],
    ["a-1", "a1", "aa1"],
  ])
  func namesComeInOrder(names: [String]) {
    for i in names.indices {
      for j in names.indices {
        #expect(NaturalOrder.precedes(names[i], names[j]) == (i < j), "'\(names[i])' and '\(names[j])'")
      }
    }
  }

  @Test func itIsAStrictTotalOrder() {
    // These are short names of few characters: many of them differ only in zeros.
    var random = KeyedRandom(seed: 5, purpose: .split)
    let alphabet = Array("0019ab.")
    let names = (0..<60).map { _ in
      String((0..<random.index(below: 6)).map { _ in alphabet[random.index(below: alphabet.count)] })
    }
    for a in names {
      for b in names {
        let isBefore = NaturalOrder.precedes(a, b)
        let isAfter = NaturalOrder.precedes(b, a)
        #expect((isBefore ? 1 : 0) + (isAfter ? 1 : 0) == (a == b ? 0 : 1), "'\(a)' and '\(b)'")
        for c in names where isBefore && NaturalOrder.precedes(b, c) {
          #expect(NaturalOrder.precedes(a, c), "'\(a)', '\(b)', '\(c)'")
        }
      }
    }
  }
}
