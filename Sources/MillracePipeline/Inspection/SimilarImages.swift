/// Which inspected images are the same, or look it.
package enum SimilarImages {
  /// The same files, then look-alikes among one of each.
  package static func groups(of images: [InspectedImage]) -> [(samples: [Int], isExact: Bool)] {
    var copies: [UInt64: [Int]] = [:]
    for (sample, image) in images.enumerated() {
      if image.isUsable, let hash = image.contentHash { copies[hash, default: []].append(sample) }
    }
    let exact = copies.values.filter { $0.count > 1 }
    var hashes = images.map(\.appearance)
    for group in exact { for copy in group.dropFirst() { hashes[copy] = nil } }
    var search = NearDuplicates(hashes)
    let groups = exact.map { ($0, true) } + search.groups().map { ($0, false) }
    return groups.sorted { ($0.0[0], $0.1 ? 0 : 1) < ($1.0[0], $1.1 ? 0 : 1) }
  }

  /// A number that an image has in common with all that are equal to it or look like it, one by one; nil for others.
  package static func keys(of images: [InspectedImage]) -> [UInt64?] {
    var keys = [UInt64?](repeating: nil, count: images.count)
    // Look-alikes are found among one of each of the equal files, so the first of these knows the group of all.
    for isExact in [false, true] {
      for (samples, _) in groups(of: images).filter({ $0.isExact == isExact }) {
        let key = keys[samples[0]] ?? UInt64(samples[0] + 1)
        for sample in samples { keys[sample] = key }
      }
    }
    return keys
  }
}
