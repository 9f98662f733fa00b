/// What is drawn for images at random.
public enum DrawPurpose: Sendable, Hashable {
  /// What training sees.
  case training
  /// The variants of test-time augmentation.
  case testTime
}

extension Dataset {
  /// What a sample's random draws follow from besides the seed and the epoch: a number from 0 to 2³²−1.
  ///
  /// It depends on the names of the class and of the file alone, and for test-time augmentation on that of the file
  /// alone, whether its class is known or not: so a sample is augmented alike whatever other samples there are and
  /// wherever the data lies. 64-bit FNV-1a over the names, folded to half; two samples of one key only draw alike.
  public func drawKey(of sample: Int, for purpose: DrawPurpose) -> Int {
    var hash = FNV1a()
    let label = label(of: sample)
    if purpose == .training, label >= 0 { hash.add(classes[label].utf8) }
    hash.add(0x2F)
    hash.add(storage.value.name(ofFile: file(of: sample)))
    return Int(UInt32(truncatingIfNeeded: hash.value ^ hash.value >> 32))
  }
}
