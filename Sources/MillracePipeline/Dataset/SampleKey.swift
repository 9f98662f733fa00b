/// The purposes of random draws for images.
public enum DrawPurpose: Sendable, Hashable {
  /// The images that training sees.
  case training
  /// The variants of test-time augmentation.
  case testTime
}

extension Dataset {
  /// The key of a sample's random draws beside the seed and the epoch: a number from 0 to 2³²−1.
  ///
  /// It depends only on the names of the class and of the file, and for test-time augmentation only on that of the
  /// file, whether its class is known or not. So a sample is augmented in the same way whatever other samples there
  /// are and wherever the data are. 64-bit FNV-1a over the names, folded to half; two samples with one key merely
  /// have the same draws.
  public func drawKey(of sample: Int, for purpose: DrawPurpose) -> Int {
    var hash = FNV1a()
    let label = label(of: sample)
    if purpose == .training, label >= 0 { hash.add(classes[label].utf8) }
    hash.add(0x2F)
    hash.add(storage.value.name(ofFile: file(of: sample)))
    return Int(UInt32(truncatingIfNeeded: hash.value ^ hash.value >> 32))
  }
}
