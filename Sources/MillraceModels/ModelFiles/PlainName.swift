/// A name for a file that every system takes: letters, digits and a few signs, of at most so many bytes; everything else
/// becomes an underscore.
package func plainName(_ text: String, atMost most: Int) -> String {
  var result = ""
  for character in text {
    let kept = character.isLetter || character.isNumber || "._-+".contains(character) ? character : "_"
    if result.utf8.count + kept.utf8.count > most { break }
    result.append(result.isEmpty && kept == "." ? "_" : kept)
  }
  return result
}
