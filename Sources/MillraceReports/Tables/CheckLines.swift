import MillraceImages
import MillracePipeline
import MillraceTraining
import MillraceWorkshop

// These are a check's remarks about the whole data set, in one line each, for the text and for the page.

extension DatasetReport.Leakage {
  /// What leaks, or would leak; nil where nothing does.
  var line: String? {
    if leaking == 0 { return nil }
    let share = "\(Figures.count(leaking)) of \(Figures.count(judged)) validation images"
    let (are, be) =
      grouping == .lookAlikes
      ? ("equal or resemble images", "equal or resemble images")
      : ("belong to groups", "belong to groups")
    if isPrevented {
      let rule =
        grouping == .data ? "The groups of the data keep" : "--group-by \(shellQuoted("\(grouping)")) keeps"
      return
        "\(rule) \(Figures.count(groups, "group")) on one side; otherwise \(share) would \(be) that are trained on"
    }
    return "\(share) \(are) that are trained on"
      + (isDrawn ? "; --group-by look-alikes keeps them on one side" : "; remove these from one of the two")
  }
}

extension DatasetReport.CutOff {
  /// What is cut off; nil where that is little.
  var line: String? {
    guard isLarge, let mean else { return nil }
    let shape = output.width == output.height ? "a square" : "\(output.width)×\(output.height)"
    return
      "\(Figures.percent(mean)) of a picture is cut off on average to make it \(shape), and more than "
      + "\(Figures.percent(Self.largeShare, digits: 0)) of \(Figures.count(large, "picture")); --fit pad shows all of "
      + "them, --fit stretch does and changes shapes"
  }
}
