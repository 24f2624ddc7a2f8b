import Foundation
import Testing

@testable import actorctl

@Suite("The pid file")
struct PidFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func failure(_ path: String) -> CommandFailure? {
    do throws(CommandFailure) {
      let file = try PidFile(at: path)
      file.remove()
      return nil
    } catch { return error }
  }

  @Test func `is made readable for all, and removed`() throws {
    let path = folder.file("pid")
    let file = try PidFile(at: path)
    #expect(folder.read("pid") == "\(getpid())\n")
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o644)
    file.remove()
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test func `replaces one whose process has ended`() throws {
    // Linux gives out no pid above this.
    try folder.write("4194305\n", to: "pid")
    #expect(failure(folder.file("pid")) == nil)
  }

  @Test func `leaves one of a live process alone`() throws {
    try folder.write("1\n", to: "pid")
    #expect(failure(folder.file("pid"))?.code == .pidFile)
    #expect(folder.read("pid") == "1\n")
  }

  @Test(arguments: ["", "hello\n", "12x", "-5", "0", "99999999999999999999", "1 2"])
  func `leaves garbage alone`(content: String) throws {
    try folder.write(content, to: "pid")
    #expect(failure(folder.file("pid"))?.code == .pidFile)
    #expect(folder.read("pid") == content)
  }

  @Test func `follows no link`() throws {
    try folder.write("4194305\n", to: "target")
    try FileManager.default.createSymbolicLink(atPath: folder.file("pid"), withDestinationPath: folder.file("target"))
    #expect(failure(folder.file("pid"))?.code == .pidFile)
    #expect(folder.read("target") == "4194305\n")
  }

  @Test func `follows no link to nowhere`() throws {
    try FileManager.default.createSymbolicLink(atPath: folder.file("pid"), withDestinationPath: folder.file("new"))
    #expect(failure(folder.file("pid"))?.code == .pidFile)
    #expect(!FileManager.default.fileExists(atPath: folder.file("new")))
  }

  @Test func `does not remove one that another process has put there meanwhile`() throws {
    let path = folder.file("pid")
    let file = try PidFile(at: path)
    try FileManager.default.removeItem(atPath: path)
    try folder.write("1\n", to: "pid")
    file.remove()
    #expect(folder.read("pid") == "1\n")
  }

  @Test func `says so when the folder is not there`() { #expect(failure("\(folder.path)/no/pid")?.code == .pidFile) }
}
