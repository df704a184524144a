using System.ComponentModel.DataAnnotations;
using Ppv.Protocol;

namespace Ppv.Samples.Embedding;

/// <summary>What the shop is told: section <c>Shop</c>.</summary>
public sealed class ShopOptions : IValidatableObject
{
    /// <summary>
    /// Where the shop remembers its carts; <see langword="null"/>: <c>shop.db</c> beside the program. A file on a local disk.
    /// </summary>
    public string? Database { get; set; }

    /// <summary>Who may buy, by name: in the place of a shop's own accounts.</summary>
    public Dictionary<string, Customer> Customers { get; set; } = [];

    /// <summary>What is sold: in the place of a shop's own catalogue.</summary>
    public List<Film> Films { get; set; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, customer) in Customers)
        {
            if (string.IsNullOrEmpty(customer.Password)) yield return new ValidationResult($"Shop:Customers:{name} has no Password.");
            if (!PpvCommand.IsValidValue(customer.Subscriber))
                yield return new ValidationResult($"Shop:Customers:{name}:Subscriber is no number of a subscriber.");
        }

        for (var i = 0; i < Films.Count; i++)
        {
            if (!PpvCommand.IsValidValue(Films[i].Event))
                yield return new ValidationResult($"Shop:Films:{i}:Event is no number of an event.");
        }
    }
}
