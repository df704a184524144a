using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Ppv.Protocol;

namespace Ppv.Hosting.Tests;

/// <summary>Whose orders a user of the host's own places.</summary>
public class CallerTests
{
    [Theory]
    [InlineData("Alice")]
    [InlineData("müller")]
    [InlineData("two words")]
    [InlineData("a-name-that-is-longer-than-what-an-owner-may-have-so-that-it-has-no-room")]
    public void Nobody_can_take_a_name_that_makes_him_a_user_whose_name_is_hashed(string name)
    {
        var owner = OwnerOf(name);
        ConnectionId.IsValidOwner(owner).ShouldBeTrue();
        for (var start = 0; start < owner.Length; start++) OwnerOf(owner[start..]).ShouldNotBe(owner, $"a user named {owner[start..]}");
    }

    [Fact]
    public void A_plain_name_stays_as_it_is_and_names_that_differ_by_case_are_two()
    {
        OwnerOf("alice").ShouldBe("@alice");
        OwnerOf("Alice").ShouldNotBe(OwnerOf("ALICE"));
        OwnerOf("Alice").ShouldBe(OwnerOf("Alice"));
    }

    private static string OwnerOf(string name) => Caller.OwnerOf(new DefaultHttpContext
    {
        User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, name)], "partner")),
    })!;
}
